"""What each operation locks, with its arguments on the rows of the test; or why nothing (CONTRIBUTING, step 4)."""

from django.utils import timezone

from tests.support.factories import PASSWORD
from users.models import LinkPurpose, User
from users.operations.links import issue_link


def key(rows, purpose):
    return issue_link(user=rows.user, purpose=purpose, at=timezone.now())


LOCKS = {
    "users.operations.links.use_link": (
        {User},
        lambda rows: {"key": key(rows, LinkPurpose.CONTACT), "purpose": LinkPurpose.CONTACT},
    ),
    "users.operations.second_factor.factors.add_application": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "secret": "A" * 32, "session": ""},
    ),
    "users.operations.proconnect.link_identity": (
        {User},
        lambda rows: {"by": rows.user, "issuer": "https://example.org", "subject": "1", "siret": ""},
    ),
    "users.operations.second_factor.factors.add_key": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "name": "Clé", "credential": {"id": "x"}, "session": ""},
    ),
    "users.operations.second_factor.factors.use_key": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "key_id": 0, "counter": 1},
    ),
    "users.operations.second_factor.factors.make_recovery_codes": ({User}, lambda rows: {"user_id": rows.user.pk}),
    "users.operations.details.change_details": ({User}, lambda rows: {"by": rows.user, "phone": "01 23 45 67 89"}),
    "users.operations.addresses.ask_address": (
        {User},
        lambda rows: {"by": rows.user, "email": "nouvelle@example.org"},
    ),
    "users.operations.addresses.change_address": ({User}, lambda rows: {"key": key(rows, LinkPurpose.ADDRESS)}),
    "users.operations.second_factor.factors.spend_recovery_code": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "code": "AAAA-BBBB"},
    ),
    "users.operations.passwords.change_password": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "password": PASSWORD},
    ),
    "users.operations.passwords.reset_password": (
        {User},
        lambda rows: {"key": key(rows, LinkPurpose.PASSWORD), "password": PASSWORD, "address": "127.0.0.1"},
    ),
}
NOTHING = {
    "users.operations.addresses.give_address_back": "part of what its caller locks",
    "users.operations.addresses.move_address": "part of what its caller locks",
    "users.operations.erasure.erase_person": "part of what its caller locks",
    "users.operations.requests.answer_owner": "part of what its caller locks",
    "users.operations.proconnect.forget_identity": "part of what its caller locks",
    "users.operations.proconnect.unlink_identity": "as link_identity, which must come before",
    "users.operations.accounts.forget_unactivated": "accounts that do not act yet",
    "users.operations.links.issue_link": "part of what its caller locks",
    "users.operations.links.void_links": "part of what its caller locks",
    "users.operations.login.purge_counters": "counters that are over",
    "users.operations.login.unlock": "counters of its own",
    "users.operations.passwords.activate": "waits in use_link",
    "users.operations.addresses.cancel_address": "waits in use_link",
    "users.operations.details.ask_to_confirm": "part of what its caller locks",
    "users.operations.details.confirm_contact": "waits in use_link",
    "users.operations.requests.count_mail": "part of what its caller locks",
    "users.operations.second_factor.factors.remove_added": "part of what its caller locks",
    "users.operations.second_factor.factors.remove_application": "as add_application, which must come before",
    "users.operations.second_factor.factors.remove_key": "as add_key, which must come before",
    "users.operations.sessions.close_other_sessions": "sessions of one's own",
    "users.operations.sessions.close_session": "a session of one's own",
    "users.operations.sessions.purge_sessions": "sessions that are over",
    "users.operations.requests.answer": "the account is new, or its links are: issue_link",
    "users.operations.requests.ask": "the request is new",
    "users.operations.second_factor.codes.send_code": "counters of its own: tests/users/second_factor/test_code.py",
    "users.operations.second_factor.codes.spend_code": "counters of its own: tests/users/second_factor/test_code.py",
    "users.operations.requests.tell_of_lock": "the request is new",
    "users.operations.accounts.create_account": "the account is new",
    "users.operations.login.count_try": "counters of its own: tests/users/test_login_lock.py",
    "users.operations.login.forget_try": "counters of its own: tests/users/test_login_lock.py",
    "users.operations.sessions.end_sessions": "part of what its caller locks",
}
