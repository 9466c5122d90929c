from tests.support.table import Page, who

WRITES, REFUSED = who(403, superuser=200), who(403, superuser=422)  # operators of the support: test_news.py


PAGES = [
    Page("news:articles", axe="anonymous gp"),
    Page("news:feed", unseen="a feed"),
    Page("news:article", on=lambda world: [world.news.public_id], axe="anonymous"),
    Page(
        "news:write",
        get=WRITES,
        post=REFUSED,
        unseen="operators: tests/browser/test_information.py",
        untyped="operators",
    ),
    Page(
        "news:change",
        get=WRITES,
        post=REFUSED,
        on=lambda world: [world.news.public_id],
        unseen="operators: tests/browser/test_information.py",
        untyped="operators",
    ),
    Page("support:support", axe="anonymous gp"),
    Page(
        "support:contact", post=422, axe="anonymous gp", untyped="any text is taken: tests/information/test_support.py"
    ),
    Page("support:sent", axe="anonymous"),
    Page("guide:contents", axe="anonymous"),
    Page("guide:task", on=lambda world: ["creer-un-service"], axe="anonymous"),
    Page("communication", axe="anonymous"),
    Page("kit", axe="gp stranger"),
    Page("site_map", axe="anonymous"),
    Page("legal", axe="anonymous"),
    Page("accessibility", axe="anonymous"),
    Page("engagements", axe="anonymous"),
]
