from tests.support.table import Page, who

NOT_THEIRS = dict.fromkeys(("stranger", "gp_elsewhere", "former_member", "operator", "superuser"), 404)

PAGES = [
    Page("habilitations:structures", axe="gp stranger"),
    Page(
        "habilitations:structure",
        get=who(200, **NOT_THEIRS),
        on=lambda world: [world.structure.public_id],
        axe="gp service_member bare_member",
    ),
]
