"""« Exploitation », for the people of the portal; who of the operators may what is in test_admin_access.py."""

from tests.support.table import NAMES, Page, who

# Of a page on one row, here the row 1: what a superuser, who is no operator of ours, gets
GET = {
    "_changelist": 200,
    "_change": (200, 302),
    "_appoint": (200, 404),
    "_accept": (200, 404),
    "_refuse": (200, 404),
    "_resend": (302, 404),
}
POST = {
    "_changelist": 200,
    "_appoint": (422, 404),
    "_accept": (302, 404),
    "_refuse": (422, 404),
    "_resend": (302, 404),
}
ON_A_ROW = (403, 404)  # which there is, or is not
DJANGO = (200, 302, 403, 404, 405)  # its admin takes any method for a reading
WITHOUT_ROW = ("_changelist", "_add")
BESIDE = {
    "admin:index": (200, 200),
    "admin:login": (302, 302),
    "admin:logout": (200, 302),
    "admin:app_list": (302, 302),
}


def _page(name: str) -> Page:
    kind = f"_{name.rpartition('_')[2]}"
    return Page(
        name,
        get=who(403, superuser=GET.get(kind, ON_A_ROW)),
        post=who(403, superuser=POST.get(kind, ON_A_ROW)),
        other=who((302, 403, 405), superuser=DJANGO),
        on=lambda world: [] if kind in WITHOUT_ROW else [1],
        unseen="Django's own look: tests/browser/test_admin.py",
        untyped="tests/operators/test_admin_acts.py",
    )


PAGES = [
    *(_page(name) for name in NAMES if name.startswith("admin:") and name not in BESIDE),
    *(
        Page(
            name,
            get=who(403, operator=get, superuser=get),
            post=who(403, operator=post, superuser=post),
            other=who((302, 403), operator=DJANGO, superuser=DJANGO),
            on=lambda world, name=name: ["users"] if name == "admin:app_list" else [],
            unseen="Django's own look: tests/browser/test_admin.py",
            untyped="tests/operators/test_admin_access.py",
        )
        for name, (get, post) in BESIDE.items()
    ),
]
