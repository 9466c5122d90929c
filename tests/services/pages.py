from tests.support.table import Page, who

MANAGING = who(403, gp=200, modifier=200, service_modifier=200)
MANAGES_SOMEWHERE = who(403, modifier=200, gp=200, gp_elsewhere=200)
UNSEEN = dict.fromkeys(("stranger", "gp_elsewhere", "former_member", "requester", "operator", "superuser"), 404)
OPENED = who(403, gp=200, modifier=200, service_modifier=200) | UNSEEN
REFUSED = who(403, gp=422, modifier=422, service_modifier=422) | UNSEEN


def service(world):
    return [world.service.public_id]


PAGES = [
    Page("services:manage", get=MANAGING, axe="gp"),
    Page("services:export_xlsx", unseen="a file of what one manages, with nothing in it where that is nothing"),
    Page(
        "services:import",
        get=MANAGES_SOMEWHERE,
        post=MANAGES_SOMEWHERE | dict.fromkeys(("gp", "modifier", "gp_elsewhere"), 422),
        axe="gp",
        untyped="a file: tests/services/test_import_services.py",
    ),
    Page("services:export", unseen="a file of what one manages, with nothing in it where that is nothing"),
    Page(
        "services:change",
        get=OPENED,
        post=REFUSED,
        on=service,
        axe="gp",
        untyped="takes any text: tests/services/test_manage_service.py",
    ),
    Page(
        "services:reopen",
        get=OPENED,
        post=REFUSED,
        on=service,
        axe="gp",
        untyped="one date: tests/services/test_manage_service.py",
    ),
    Page("services:delete", get=OPENED, post=REFUSED, on=service, axe="gp", untyped="one button"),
    Page(
        "closing:close",
        get=OPENED,
        post=REFUSED,
        on=service,
        axe="gp",
        untyped="a choice: tests/services/test_manage_service.py",
    ),
    Page("directory:search", axe="anonymous gp"),
    Page("directory:export", unseen="a file"),
    Page("directory:download", on=lambda world: [world.published.name], unseen="a file"),
    Page("robots", unseen="a word for machines"),
    Page("sitemap_index", unseen="a map for machines"),
    Page("sitemap", on=lambda world: ["annuaire"], unseen="a map for machines"),
    Page("directory:export_xlsx", unseen="a file"),
    Page("directory:lines_csv", on=lambda world: ["siret", world.structure.identifier], unseen="a file"),
    Page("directory:lines_json", on=lambda world: ["siret", world.structure.identifier], unseen="a file"),
    Page(
        "directory:check",
        post=422,
        axe="anonymous gp",
        untyped="any text has its verdict: tests/services/directory/test_check.py",
    ),
    Page(
        "directory:structure",
        on=lambda world: ["siret", world.structure.identifier],
        axe="anonymous gp",
    ),
    Page(
        "services:create",
        get=who(403, modifier=200, gp=200, gp_elsewhere=200),
        post=who(403, modifier=302, gp=302, gp_elsewhere=422),
        axe="gp member",
        typed=lambda world: {
            "structure": str(world.structure.public_id),
            "code": "FI_SGPI",
            "label": "Service financier SGPI",
            "description": "Pole de prescription SGPI",
            "active_from": "2022-03-10T15:01:32",
            "active_until": "",
            "engagement_required": "on",
        },
    ),
    Page(
        "services:detail",
        get=who(404, service_member=200, service_modifier=200, bare_member=403, member=200, modifier=200, gp=200),
        on=lambda world: [world.service.public_id],
        axe="gp",
    ),
]
