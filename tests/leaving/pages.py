from tests.support.table import Page

PAGES = [
    Page("account_data", get=302, post=302, axe="gp", untyped="one button"),
    Page(
        "account_close",
        get=302,
        post=302,
        axe="stranger gp",
        untyped="a choice of two: tests/leaving/test_close_account.py",
    ),
    Page(
        "account_return",
        post=302,
        axe="anonymous",
        typed=lambda world: {"email": "nouveau@example.org"},
        typed_by="anonymous",
    ),
    Page("return_sent", axe="anonymous"),
    Page("return_confirm", get=410, post=410, axe="anonymous", untyped="needs a link: tests/leaving/test_return.py"),
    Page("return_link", get=302, on=lambda world: ["x" * 43], unseen="leads to the next step"),
]
