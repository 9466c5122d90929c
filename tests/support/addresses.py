"""Every address of the portal in the small world of the tests. A new page adds its lines here."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from django.core.signing import TimestampSigner
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from tests.support.factories import PASSWORD


def opened() -> str:
    """What « Créer un compte » carries when it was shown a minute ago."""
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=1), tick=False):
        return TimestampSigner(salt="users.creation").sign("")


# What an address takes, for the names that take something
ARGUMENTS = {
    "domain": lambda world: ["marche"],
    "services:detail": lambda world: [world.service.public_id],
    "habilitations:structure": lambda world: [world.structure.public_id],
    "admin:app_list": lambda world: ["users"],
    "account_detail": lambda world: ["nom"],
    "mfa_remove_webauthn": lambda world: [1],
    "session_close": lambda world: [1],
    "contact_link": lambda world: ["x" * 43],
    "address_link": lambda world: ["x" * 43],
    "address_cancel_link": lambda world: ["x" * 43],
    "activation_link": lambda world: ["x" * 43],
    "return_link": lambda world: ["x" * 43],
    "password_link": lambda world: ["x" * 43],
}
# Pages of the admin on the row 1
OF_A_ROW = ("_change", "_delete", "_suspend", "_reopen", "_appoint", "_resend", "_factors", "_address")
OF_A_ROW += ("_recovery", "_sessions")

# Pages and states that axe looks at: (actor, name of the address, or a path that has none)
PAGES = {
    "home": ("anonymous", "home"),
    "home of a stranger": ("stranger", "home"),
    "home of a manager": ("gp", "home"),
    "login": ("anonymous", "account_login"),
    "logout": ("gp", "account_logout"),
    "create an account": ("anonymous", "account_signup"),
    "ask for an activation link": ("anonymous", "activation"),
    "a link that has lapsed (410)": ("anonymous", "activation_password"),
    "a password link that has lapsed (410)": ("anonymous", "password_new"),
    "the last step of an account": ("stranger", "activation_structure"),
    "forgotten password": ("anonymous", "account_reset_password"),
    "password link sent": ("anonymous", "password_sent"),
    "second factor": ("gp", "mfa_index"),
    "add an application": ("gp", "mfa_activate_totp"),
    "add a key": ("gp", "mfa_add_webauthn"),
    "prove again": ("gp", "account_reauthenticate"),
    "account": ("gp", "account"),
    "one detail of the account": ("gp", "account_detail"),
    "notices": ("gp", "/mon-compte/notifications/"),
    "change the password": ("gp", "account_password"),
    "sessions": ("gp", "sessions"),
    "change the login address": ("gp", "account_address"),
    "a link to the new login address was sent": ("gp", "account_address_sent"),
    "a link that opens nothing (410)": ("anonymous", "address_cancel"),
    "take one's data": ("gp", "account_data"),
    "close one's account": ("stranger", "account_close"),
    "close the account of a manager": ("gp", "account_close"),
    "ask to come back": ("anonymous", "account_return"),
    "a link to come back was sent": ("anonymous", "return_sent"),
    "a link to come back that has lapsed (410)": ("anonymous", "return_confirm"),
    "mails of the demo": ("anonymous", "demo:mails"),
    "another domain": ("anonymous", "domain"),
    "privacy": ("anonymous", "privacy"),
    "terms": ("anonymous", "terms"),
    "organisation": ("gp", "organisation"),
    "structures": ("gp", "habilitations:structures"),
    "structures of a stranger": ("stranger", "habilitations:structures"),
    "users": ("gp", "users"),
    "structure": ("gp", "habilitations:structure"),
    "structure of a person of one service": ("service_member", "habilitations:structure"),
    "structure without its services": ("bare_member", "habilitations:structure"),
    "service": ("gp", "services:detail"),
    "create a service": ("gp", "services:create"),
    "who may create a service (403)": ("member", "services:create"),
    "not found": ("anonymous", "/nulle-part/"),
    "components": ("anonymous", "demo:components"),
    "question": ("anonymous", "demo:question"),
}
NOT_LOOKED_AT = {
    "account_confirm_login_code": "needs a login under way: tests/users/second_factor/test_code.py",
    "mfa_authenticate": "needs a login under way: tests/users/second_factor/test_totp.py",
    "mfa_deactivate_totp": "needs an application: tests/browser/test_second_factor.py",
    "mfa_view_recovery_codes": "needs an application: tests/browser/test_second_factor.py",
    "mfa_remove_webauthn": "needs a key: tests/users/second_factor/test_key.py",
    "activation_link": "leads to the next step",
    "contact_link": "leads to the next step",
    "address_link": "leads to the next step",
    "address_cancel_link": "leads to the next step",
    "contact_confirm": "needs a link: tests/users/account/test_change_details.py",
    "address_confirm": "needs a link: tests/users/account/test_change_address.py",
    "session_left": "a word for the script: tests/browser/test_session_end.py",
    "session_close": "one button",
    "sessions_close_others": "one button",
    "proconnect": "one button, behind settings: tests/users/test_proconnect.py",
    "proconnect_return": "behind settings: tests/users/test_proconnect.py",
    "proconnect_first": "behind settings: tests/browser/test_proconnect.py",
    "account_proconnect": "behind settings: tests/browser/test_proconnect.py",
    "return_link": "leads to the next step",
    "password_link": "leads to the next step",
    "health_live": "a word for machines",
    "health_ready": "a word for machines",
}

# Forms that the attacks are sent to: (actor, what a browser sends when all is right)
FORMS = {
    "account_login": (
        "anonymous",
        lambda world: {"login": world.person("stranger").email, "password": PASSWORD, "next": "/"},
    ),
    "account_signup": (
        "anonymous",
        lambda world: {
            "email": "nouveau@example.org",
            "last_name": "Vasseur",
            "first_name": "Claire",
            "phone": "01 23 45 67 89",
            "contact_email": "contact@example.org",
            "terms": "on",
            "opened": opened(),
        },
    ),
    "activation": ("anonymous", lambda world: {"email": "nouveau@example.org"}),
    "account_reset_password": ("anonymous", lambda world: {"email": "nouveau@example.org"}),
    "account_return": ("anonymous", lambda world: {"email": "nouveau@example.org"}),
    "services:create": (
        "gp",
        lambda world: {
            "structure": str(world.structure.public_id),
            "code": "FI_SGPI",
            "label": "Service financier SGPI",
            "description": "Pole de prescription SGPI",
            "active_from": "2022-03-10T15:01:32",
            "active_until": "",
            "engagement_required": "on",
        },
    ),
}
NOTHING_TYPED = {
    "account_logout": "one button",
    "account_confirm_login_code": "needs a login under way: tests/users/second_factor/test_code.py",
    "account_reauthenticate": "one password or code: tests/users/account/test_reauthenticate.py",
    "mfa_authenticate": "needs a login under way: tests/users/second_factor/test_totp.py",
    "mfa_activate_totp": "asks for a proof first: tests/users/second_factor/test_totp.py",
    "mfa_deactivate_totp": "asks for a proof first: tests/users/second_factor/test_totp.py",
    "mfa_view_recovery_codes": "asks for a proof first: tests/users/second_factor/test_totp.py",
    "mfa_add_webauthn": "asks for a proof first: tests/users/second_factor/test_key.py",
    "mfa_remove_webauthn": "one button",
    "account_password": "three passwords: tests/users/account/test_change_password.py",
    "account_detail": "tests/users/account/test_change_details.py",
    "account_address": "asks for the password first: tests/users/account/test_change_address.py",
    "proconnect": "one button",
    "account_proconnect": "one button",
    "account_close": "a choice of two: tests/habilitations/test_close_account.py",
    "account_data": "one button",
    "return_confirm": "needs a link: tests/users/account/test_return.py",
    "contact_confirm": "needs a link: tests/users/account/test_change_details.py",
    "address_confirm": "needs a link: tests/users/account/test_change_address.py",
    "address_cancel": "needs a link: tests/users/account/test_change_address.py",
    "session_left": "nothing at all",
    "session_close": "one button",
    "sessions_close_others": "one button",
    "activation_password": "needs a link: tests/users/test_create_account.py",
    "password_new": "needs a link: tests/users/test_reset_password.py",
    "demo:components": "reads nothing of what it is sent",
    "demo:question": "takes any comment: tests/kernel/common/test_question.py",
}


def patterns(resolver: Any = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", pattern
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from patterns(pattern, namespace + inner)


NAMES = [name for name, _ in patterns()]


def address(name: str, world: Any) -> str:
    """The address of that name in the world."""
    of_a_row = name.startswith("admin:") and name.endswith(OF_A_ROW)
    arguments = ARGUMENTS[name](world) if name in ARGUMENTS else [1] if of_a_row else []
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch as error:
        line = f'"{name}": lambda world: [world.service.public_id],'
        raise AssertionError(f"{error} Add what it takes to ARGUMENTS of {__name__}, such as:\n{line}") from error
