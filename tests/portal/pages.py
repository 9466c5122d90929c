from tests.support.table import Page

PAGES = [
    Page(
        "home",
        axe="anonymous stranger gp",
        states={"not found": ("anonymous", "/nulle-part/")},
    ),
    Page("domain", on=lambda world: ["marche"], axe="anonymous"),
    Page("privacy", axe="anonymous"),
    Page("terms", axe="anonymous"),
    Page("organisation", axe="gp"),
    Page("users", axe="gp"),
    Page("health_live", unseen="a word for machines"),
    Page("health_ready", unseen="a word for machines"),
]
