from datetime import UTC, datetime, timedelta

import time_machine
from django.core.signing import TimestampSigner

from tests.support.factories import PASSWORD
from tests.support.table import Page, who

KEY = {"on": lambda world: ["x" * 43], "unseen": "leads to the next step"}
OUT = {"anonymous": 200, "suspended_gp": 200}  # who has no session; others are led away
MAILBOX = {"typed": lambda world: {"email": "nouveau@example.org"}, "typed_by": "anonymous"}
MIDWAY = "needs a login under way: tests/users/second_factor/"
ADDED = "needs an application: tests/browser/test_second_factor.py"
PROOF = "asks for a proof first: tests/users/second_factor/"
SETTINGS = "behind settings: tests/browser/test_proconnect.py"


def opened() -> str:
    """What « Créer un compte » carries when it was shown a minute ago."""
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=1), tick=False):
        return TimestampSigner(salt="trap").sign("")


PAGES = [
    # The way in
    Page(
        "account_login",
        get=who(302, **OUT),
        post=302,
        axe="anonymous",
        typed=lambda world: {"login": world.person("stranger").email, "password": PASSWORD, "next": "/"},
        typed_by="anonymous",
    ),
    Page(
        "account_logout",
        get=who(200, anonymous=302, suspended_gp=302),
        post=302,
        axe="gp",
        untyped="one button",
    ),
    Page("account_confirm_login_code", get=302, post=302, unseen=MIDWAY, untyped=MIDWAY),
    Page("mfa_authenticate", get=302, post=302, unseen=MIDWAY, untyped=MIDWAY),
    Page("proconnect", get=405, post=404, unseen=SETTINGS, untyped="one button"),
    Page("proconnect_return", get=404, unseen=SETTINGS),
    Page("proconnect_first", get=404, unseen=SETTINGS),
    # « Créer un compte »
    Page(
        "account_signup",
        get=who(302, **OUT),
        post=302,
        axe="anonymous",
        typed=lambda world: {
            "email": "nouveau@example.org",
            "last_name": "Vasseur",
            "first_name": "Claire",
            "phone": "01 23 45 67 89",
            "contact_email": "contact@example.org",
            "terms": "on",
            "opened": opened(),
        },
        typed_by="anonymous",
    ),
    Page("activation", post=302, axe="anonymous", **MAILBOX),
    Page("activation_link", get=302, **KEY),
    Page(
        "activation_password",
        get=410,
        post=410,
        axe="anonymous",
        untyped="needs a link: tests/users/test_create_account.py",
    ),
    Page("activation_structure", axe="stranger"),
    # « Mot de passe oublié ? »
    Page("account_reset_password", post=302, axe="anonymous", **MAILBOX),
    Page("password_sent", axe="anonymous"),
    Page("password_link", get=302, **KEY),
    Page(
        "password_new",
        get=410,
        post=410,
        axe="anonymous",
        untyped="needs a link: tests/users/test_reset_password.py",
    ),
    # « Mon compte »
    Page("account", axe="gp"),
    Page(
        "account_detail",
        post=422,
        on=lambda world: ["nom"],
        axe="gp",
        states={"notices": ("gp", "/mon-compte/notifications/")},
        untyped="tests/users/account/test_change_details.py",
    ),
    Page("contact_link", get=302, **KEY),
    Page(
        "contact_confirm",
        get=410,
        post=410,
        unseen="needs a link: tests/users/account/test_change_details.py",
        untyped="needs a link: tests/users/account/test_change_details.py",
    ),
    Page(
        "account_password",
        get=302,
        post=302,
        axe="gp",
        untyped="three passwords: tests/users/account/test_change_password.py",
    ),
    Page(
        "account_address",
        get=302,
        post=302,
        axe="gp",
        untyped="asks for the password first: tests/users/account/test_change_address.py",
    ),
    Page("account_address_sent", axe="gp"),
    Page("address_link", get=302, **KEY),
    Page(
        "address_confirm",
        get=410,
        post=410,
        unseen="needs a link: tests/users/account/test_change_address.py",
        untyped="needs a link: tests/users/account/test_change_address.py",
    ),
    Page("address_cancel_link", get=302, **KEY),
    Page(
        "address_cancel",
        get=410,
        post=410,
        axe="anonymous",
        untyped="needs a link: tests/users/account/test_change_address.py",
    ),
    Page("account_proconnect", get=404, post=404, unseen=SETTINGS, untyped="one button"),
    # Sessions and second factor
    Page("sessions", axe="gp"),
    Page(
        "session_left",
        post=200,
        unseen="a word for the script: tests/browser/test_session_end.py",
        untyped="nothing at all",
    ),
    Page("sessions_close_others", get=405, post=302, unseen="one button", untyped="one button"),
    Page("session_close", get=405, post=302, on=lambda world: [1], unseen="one button", untyped="one button"),
    Page(
        "account_reauthenticate",
        post=422,
        axe="gp",
        untyped="one password or code: tests/users/account/test_reauthenticate.py",
    ),
    Page("mfa_index", axe="gp"),
    Page("mfa_activate_totp", get=302, post=302, axe="gp", untyped=PROOF),
    Page("mfa_deactivate_totp", get=302, post=302, unseen=ADDED, untyped=PROOF),
    Page("mfa_view_recovery_codes", get=302, post=302, unseen=ADDED, untyped=PROOF),
    Page("mfa_add_webauthn", get=302, post=302, axe="gp", untyped=PROOF),
    Page(
        "mfa_remove_webauthn",
        get=302,
        post=302,
        on=lambda world: [1],
        unseen="needs a key: tests/users/second_factor/test_key.py",
        untyped="one button",
    ),
]
