from tests.support.table import Page, who

PAGES = [
    Page("directory:search", axe="anonymous gp"),
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
