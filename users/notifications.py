"""The mails of accounts, one function each. Security messages go to the login address, whatever the contact address.

A link opens a form and nothing else; none of these mails says more than its reader may know (security, 6.3.8).
"""

from datetime import datetime

from chorus_org.kernel.mail.operations import queue_mail
from users.models import User


def activation(user: User, *, key: str, first_name: str, at: datetime) -> None:
    """Step 2 of « Créer un compte »: the link to the choice of a password, valid for 60 minutes.

    :param first_name: as the request that it answers says it.
    """
    queue_mail(kind="users/activation", to=user.email, at=at, first_name=first_name, key=key)


def account_exists(user: User, *, at: datetime) -> None:
    """Somebody asked for an account, or for an activation link, at an address that has an account."""
    queue_mail(kind="users/account_exists", to=user.email, at=at, first_name=user.first_name)


def unknown_account(email: str, *, at: datetime) -> None:
    """Somebody asked about an address that has no account."""
    queue_mail(kind="users/unknown_account", to=email, at=at, email=email)


def account_suspended(user: User, *, at: datetime) -> None:
    """Somebody asked about an account that does not act."""
    queue_mail(kind="users/account_suspended", to=user.email, at=at, first_name=user.first_name)


def account_closed(user: User, *, until: datetime, erase: bool, at: datetime) -> None:
    """The owner closed their account: until when they may come back, and whether it is erased then."""
    queue_mail(kind="users/account_closed", to=user.email, at=at, first_name=user.first_name, until=until, erase=erase)


def account_asleep(user: User, *, key: str, at: datetime) -> None:
    """The link that opens an account again, closed by its owner or unused for a year; valid for 60 minutes."""
    queue_mail(kind="users/account_asleep", to=user.email, at=at, first_name=user.first_name, key=key)


def account_closed_for_long(user: User, *, at: datetime) -> None:
    """Somebody asked about an account that its owner closed too long ago to open it by themselves."""
    queue_mail(kind="users/account_closed_for_long", to=user.email, at=at, first_name=user.first_name)


def account_reopened(user: User, *, at: datetime) -> None:
    """The account acts again; who did not do it knows what to do (security, 6.3.7)."""
    queue_mail(kind="users/account_reopened", to=user.email, at=at, first_name=user.first_name, reopened_at=at)


def account_idle(user: User, *, until: datetime, at: datetime) -> None:
    """Nobody has come for 11 months: the day when the account is suspended, unless its owner logs in."""
    queue_mail(kind="users/account_idle", to=user.email, at=at, bulk=True, first_name=user.first_name, until=until)


def account_unused(user: User, *, until: datetime, at: datetime) -> None:
    """Nobody came for a year: the account is suspended, how to open it again, and when it is erased."""
    queue_mail(kind="users/account_unused", to=user.email, at=at, bulk=True, first_name=user.first_name, until=until)


def account_to_erase(user: User, *, until: datetime, may_return: bool, at: datetime) -> None:
    """Nobody has come for 23 months: the day when what the account says of the person is erased."""
    queue_mail(
        kind="users/account_to_erase",
        to=user.email,
        at=at,
        bulk=True,
        first_name=user.first_name,
        until=until,
        may_return=may_return,
    )


def account_erased(email: str, *, at: datetime) -> None:
    """What the account said of the person is erased; this is the last message to the address."""
    queue_mail(kind="users/account_erased", to=email, at=at, bulk=True)


def password_reset(user: User, *, key: str, at: datetime) -> None:
    """« Mot de passe oublié ? »: the link to the choice of a new one, valid for 60 minutes."""
    queue_mail(kind="users/password_reset", to=user.email, at=at, first_name=user.first_name, key=key)


def password_changed(user: User, *, at: datetime) -> None:
    """The password has changed; who did not do it knows what to do."""
    queue_mail(kind="users/password_changed", to=user.email, at=at, first_name=user.first_name, changed_at=at)


def login_locked(user: User, *, until: str, at: datetime) -> None:
    """Too many failed logins: until when, and how the owner comes in all the same (security, 6.3.7)."""
    queue_mail(kind="users/login_locked", to=user.email, at=at, first_name=user.first_name, until=until)


def codes_locked(user: User, *, until: str, at: datetime) -> None:
    """Too many wrong codes, which come after the password: until when, and what to do (security, 6.3.7)."""
    queue_mail(kind="users/codes_locked", to=user.email, at=at, first_name=user.first_name, until=until)


def new_device(user: User, *, device: str, address: str, at: datetime) -> None:
    """A browser that never had opened the account has; who it was not knows what to do (security, 6.3.5)."""
    where = {"device": device, "address": address}
    queue_mail(kind="users/new_device", to=user.email, at=at, first_name=user.first_name, **where, opened_at=at)


def login_code(user: User, *, code: str, at: datetime) -> None:
    """The second factor by mail: six digits, valid for 10 minutes."""
    queue_mail(kind="users/login_code", to=user.email, at=at, first_name=user.first_name, code=code)


def proof_code(user: User, *, code: str, at: datetime) -> None:
    """The same, for an act that must be proved again."""
    queue_mail(kind="users/proof_code", to=user.email, at=at, first_name=user.first_name, code=code)


def factor_added(user: User, *, factor: str, at: datetime) -> None:
    """« une application » or « une clé de sécurité » is asked for from now on; who did not add it knows what to do."""
    queue_mail(
        kind="users/factor_added", to=user.email, at=at, first_name=user.first_name, factor=factor, changed_at=at
    )


def factor_removed(user: User, *, factor: str, at: datetime) -> None:
    """It is asked for no more; as above (security, 6.3.7)."""
    queue_mail(
        kind="users/factor_removed", to=user.email, at=at, first_name=user.first_name, factor=factor, changed_at=at
    )


def recovery_asked(user: User, *, due_at: datetime, address: bool, at: datetime) -> None:
    """The support will remove the factors, or change the login address; a login of the owner's in between ends it."""
    queue_mail(
        kind="users/recovery_asked",
        to=user.email,
        at=at,
        first_name=user.first_name,
        due_at=due_at,
        address=address,
    )


def factors_reset(user: User, *, at: datetime) -> None:
    """The support removed the factors that their owner had lost; who did not ask for it knows what to do."""
    queue_mail(kind="users/factors_reset", to=user.email, at=at, first_name=user.first_name, changed_at=at)


def recovery_codes_made(user: User, *, at: datetime) -> None:
    """New recovery codes were shown; as above."""
    queue_mail(kind="users/recovery_codes_made", to=user.email, at=at, first_name=user.first_name, changed_at=at)


def recovery_code_used(user: User, *, left: int, at: datetime) -> None:
    """A recovery code opened a session, and how many are left."""
    queue_mail(
        kind="users/recovery_code_used", to=user.email, at=at, first_name=user.first_name, left=left, changed_at=at
    )


def proconnect_linked(user: User, *, at: datetime) -> None:
    """ProConnect opens the account from now on; who did not do it knows what to do (security, 6.3.7)."""
    queue_mail(kind="users/proconnect_linked", to=user.email, at=at, first_name=user.first_name, changed_at=at)


def proconnect_unlinked(user: User, *, at: datetime) -> None:
    """ProConnect opens the account no more; as above."""
    queue_mail(kind="users/proconnect_unlinked", to=user.email, at=at, first_name=user.first_name, changed_at=at)


def contact_to_confirm(user: User, *, key: str, at: datetime) -> None:
    """The link by which a new contact address shows that it is read; until then notices go to the login address."""
    queue_mail(kind="users/contact_to_confirm", to=user.contact_email, at=at, key=key)


def address_to_confirm(user: User, *, to: str, key: str, at: datetime) -> None:
    """The link by which a new login address shows that it is read, valid for 60 minutes."""
    queue_mail(kind="users/address_to_confirm", to=to, at=at, first_name=user.first_name, key=key)


def address_taken(email: str, *, at: datetime) -> None:
    """Somebody wanted to log in with an address that has an account already."""
    queue_mail(kind="users/address_taken", to=email, at=at)


def address_changed(user: User, *, former: str, key: str, at: datetime) -> None:
    """The former address learns that it opens the account no more, and may take it back for 7 days."""
    queue_mail(kind="users/address_changed", to=former, at=at, first_name=user.first_name, changed_at=at, key=key)


def address_restored(user: User, *, since: datetime, removed: list[str], at: datetime) -> None:
    """The former address opens the account again; what was removed with the change is told."""
    told = {"since": since, "removed": ", ".join(removed), "restored_at": at}
    queue_mail(kind="users/address_restored", to=user.email, at=at, first_name=user.first_name, **told)


def address_given(user: User, *, former: str, at: datetime) -> None:
    """The support put another login address in the place of the former one, which learns it."""
    queue_mail(kind="users/address_given", to=former, at=at, first_name=user.first_name, changed_at=at)


def address_confirmed(user: User, *, at: datetime) -> None:
    """The new address learns that it opens the account."""
    queue_mail(kind="users/address_confirmed", to=user.email, at=at, first_name=user.first_name)
