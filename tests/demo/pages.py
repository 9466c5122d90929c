from tests.support.table import Page

PAGES = [
    Page("demo:components", post=200, axe="anonymous", untyped="reads nothing of what it is sent"),
    Page("demo:question", post=422, axe="anonymous", untyped="reads nothing of what it is sent"),
    Page("demo:mails", axe="anonymous"),
]
