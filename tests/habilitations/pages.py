from uuid import uuid4

from structures.operations import REACHING
from tests.support.table import Page, who

NOT_THEIRS = dict.fromkeys(("stranger", "gp_elsewhere", "former_member", "requester", "operator", "superuser"), 404)

VALIDATING = dict.fromkeys(("member", "modifier", "gp"), 200)


def waiting(world):
    """The public id of a request for the structure, which waits."""
    return [world.asked.public_id]


def invited(world):
    """The public id of an invitation to the structure, at the address of the stranger."""
    return [world.invited.public_id]


def decided_by(status):
    """Those who validate attachments on the structure get this, whoever else 404."""
    return who(404, **dict.fromkeys(VALIDATING, status))


MANAGING_WHOLE = who(403, gp=200, modifier=200, gp_elsewhere=200)
MANAGING = who(403, gp=200, modifier=200, service_modifier=200, gp_elsewhere=200)

PAGES = [
    Page("approvals:list", axe="gp stranger member"),
    Page("approvals:request", get=decided_by(200), on=waiting, axe="gp"),
    Page(
        "approvals:approve",
        get=decided_by(200),
        post=decided_by(302),
        on=waiting,
        axe="gp",
        untyped="boxes: tests/habilitations/test_approvals_page.py",
    ),
    Page(
        "approvals:refuse",
        get=decided_by(200),
        post=decided_by(422),
        on=waiting,
        axe="gp",
        untyped="a reason: tests/habilitations/test_approvals_page.py",
    ),
    Page("approvals:undo", get=405, post=decided_by(302), on=waiting, unseen="one button", untyped="one button"),
    Page(
        "approvals:batch",
        get=405,
        post=302,
        unseen="asks first: tests/habilitations/test_approvals_page.py",
        untyped="boxes: tests/habilitations/test_approvals_page.py",
    ),
    Page(
        "people:ask",
        post=who(302, requester=422, former_member=422, member=422, bare_member=422, modifier=422, gp=422),
        axe="stranger",
        typed=lambda world: {
            "identifier_type": "SIRET",
            "identifier": world.structure.identifier,
            "level": "STRUCTURE",
            "service": "",
            "comment": "Bonjour",
        },
        typed_by="stranger",
    ),
    Page(
        "people:grants",
        get=MANAGING,
        post=who(403, gp=422, modifier=422, service_modifier=422, gp_elsewhere=422),
        axe="gp",
        untyped="boxes: tests/habilitations/test_grants_page.py",
    ),
    Page(
        "people:attach",
        get=MANAGING,
        post=who(403, gp=302, modifier=302, service_modifier=422, gp_elsewhere=422),
        axe="gp",
        typed=lambda world: {
            "email": "nouvelle@example.org",
            "structure": world.structure.public_id,
            "level": "STRUCTURE",
            "service": "",
            "ends_at": "",
        },
    ),
    Page(
        "people:detach",
        get=MANAGING,
        post=who(403, gp=422, modifier=422, service_modifier=422, gp_elsewhere=422),
        axe="gp",
        untyped="whom: tests/habilitations/test_detach.py",
    ),
    Page(
        "mine:leave",
        get=who(404, member=200),
        post=who(404, member=302),
        on=lambda world: [world.membership.public_id],
        axe="member",
        untyped="one button",
    ),
    Page(
        "people:show",
        get=who(403, service_member=200, service_modifier=200, member=200, modifier=200, gp=200, gp_elsewhere=200),
        axe="gp member",
    ),
    Page("people:contacts", axe="gp member stranger"),
    Page(
        "people:absence",
        post=422,
        axe="gp stranger",
        untyped="dates alone: tests/habilitations/test_absence.py",
    ),
    Page("people:end_absence", post=302, axe="gp", untyped="one button"),
    Page("people:own", axe="gp stranger"),
    Page(
        "people:ask_profiles",
        get=who(404, member=200),
        post=who(404, member=422),
        on=lambda world: [world.membership.public_id],
        axe="member",
        untyped="boxes: tests/habilitations/test_own_profiles.py",
    ),
    Page(
        "people:give_up",
        get=who(404, member=200),
        post=who(404, member=422),
        on=lambda world: [world.membership.public_id],
        axe="member",
        untyped="which one: tests/habilitations/test_own_profiles.py",
    ),
    Page("people:invitations", get=MANAGING, axe="gp"),
    Page(
        "people:resend",
        get=405,
        post=who(404, gp=302, modifier=302),
        on=invited,
        unseen="one button",
        untyped="one button",
    ),
    Page(
        "people:cancel_invitation",
        get=who(404, gp=200, modifier=200),
        post=who(404, gp=302, modifier=302),
        on=invited,
        axe="gp",
        untyped="one button",
    ),
    Page("invitations:link", get=302, on=lambda world: ["une-cle-qui-n-existe-pas"], unseen="leads on"),
    Page("invitations:opened", get=409, axe="anonymous"),
    Page(
        "mine:invitation",
        get=who(404, stranger=200),
        post=who(404, stranger=302),
        on=invited,
        axe="stranger",
        untyped="one button",
    ),
    Page(
        "mine:decline",
        get=who(404, stranger=200),
        post=who(404, stranger=302),
        on=invited,
        axe="stranger",
        untyped="one button",
    ),
    Page("mine:attachments", axe="gp stranger"),
    Page("mine:profiles", axe="gp stranger"),
    Page("mine:requests", axe="requester stranger"),
    Page("mine:request", get=who(404, requester=200), on=waiting, axe="requester"),
    Page(
        "mine:withdraw",
        get=who(404, requester=200),
        post=who(404, requester=302),
        on=waiting,
        axe="requester",
        untyped="one button",
    ),
    Page(
        "habilitations:newcomers",
        get=who(403, gp=200, modifier=200, **NOT_THEIRS),
        post=who(403, gp=302, modifier=302, **NOT_THEIRS),
        on=lambda world: [world.structure.public_id],
        axe="gp",
        untyped="boxes: tests/habilitations/test_newcomers.py",
    ),
    Page(
        "habilitations:create",
        post=302,
        axe="gp stranger",
        typed=lambda world: {
            "identifier_type": "TAHITI",
            "identifier": f"T{uuid4().hex[:8].upper()}",
            "legal_name": "ATELIER",
            "last_name": "",
            "first_name": "",
            "sector": "PRIVEE",
            **dict.fromkeys(REACHING, ""),
            "country": "FR",
            "vat_number": "",
        },
    ),
    Page(
        "habilitations:manage",
        get=who(403, gp=200, modifier=200, gp_elsewhere=200),
        post=who(403, gp=422, modifier=422, gp_elsewhere=422),
        axe="gp",
        untyped="two lists: tests/habilitations/test_manage_structure.py",
    ),
    Page(
        "habilitations:change",
        get=who(403, gp=200, modifier=200, **NOT_THEIRS),
        post=who(403, gp=302, modifier=302, **NOT_THEIRS),
        on=lambda world: [world.structure.public_id],
        axe="gp",
        typed=lambda world: {**dict.fromkeys(REACHING, ""), "country": "FR", "vat_number": "", "must_give": "RIEN"},
    ),
    Page(
        "habilitations:activate",
        get=who(403, gp=200, **NOT_THEIRS),
        post=who(403, gp=422, **NOT_THEIRS),
        on=lambda world: [world.structure.public_id],
        axe="gp",
        untyped="one button",
    ),
    Page("people:export", get=MANAGING_WHOLE, unseen="a file"),
    Page("people:export_xlsx", get=MANAGING_WHOLE, unseen="a file"),
    Page(
        "habilitations:renumber",
        get=who(403, gp=200, modifier=200, **NOT_THEIRS),
        post=who(403, gp=422, modifier=422, **NOT_THEIRS),
        on=lambda world: [world.structure.public_id],
        axe="gp",
        typed=lambda world: {"identifier": "12345678900011"},
    ),
    Page(
        "habilitations:refresh",
        get=who(403, gp=200, modifier=200, **NOT_THEIRS),
        post=who(403, gp=422, modifier=422, **NOT_THEIRS),
        on=lambda world: [world.structure.public_id],
        axe="gp",
        untyped="nothing is typed: tests/structures/test_registry.py",
    ),
    Page(
        "habilitations:bank_accounts",
        get=who(403, gp=200, modifier=200, member=200, **NOT_THEIRS),
        on=lambda world: [world.account.structure.public_id],
        axe="gp",
    ),
    Page(
        "habilitations:add_bank_account",
        get=who(403, gp=200, modifier=200, **NOT_THEIRS),
        post=who(403, gp=422, modifier=422, **NOT_THEIRS),
        on=lambda world: [world.structure.public_id],
        axe="gp",
        typed=lambda world: {"label": "Compte", "holder": "BANQUE", "iban": "FR76", "bic": "AGRI"},
    ),
    Page(
        "habilitations:change_bank_account",
        get=who(403, gp=200, modifier=200, **NOT_THEIRS),
        post=who(403, gp=422, modifier=422, **NOT_THEIRS),
        on=lambda world: [world.account.public_id],
        axe="gp",
        typed=lambda world: {"label": "Compte", "holder": "BANQUE", "iban": "FR76", "bic": "AGRI"},
    ),
    Page(
        "habilitations:remove_bank_account",
        get=who(403, gp=200, modifier=200, **NOT_THEIRS),
        post=who(403, gp=302, modifier=302, **NOT_THEIRS),
        on=lambda world: [world.account.public_id],
        axe="gp",
        untyped="one button",
    ),
    Page(
        "habilitations:deactivate",
        get=who(403, gp=200, modifier=200, **NOT_THEIRS),
        post=who(403, gp=302, modifier=302, **NOT_THEIRS),
        on=lambda world: [world.structure.public_id],
        axe="gp",
        untyped="one button",
    ),
    Page(
        "habilitations:propose",
        post=422,
        axe="stranger",
        typed=lambda world: {"identifier": "12345678900011", "legal_name": "COMMUNE DE NULLE PART"},
    ),
    Page(
        "mine:withdraw_proposal",
        get=who(404, stranger=200),
        post=who(404, stranger=302),
        on=lambda world: [world.proposal.public_id],
        axe="stranger",
        untyped="one button",
    ),
    Page("habilitations:structures", axe="gp stranger"),
    Page(
        "habilitations:structure",
        get=who(200, **NOT_THEIRS),
        on=lambda world: [world.structure.public_id],
        axe="gp service_member bare_member",
    ),
]
