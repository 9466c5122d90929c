"""What an account says of a person is erased; the row stays, as the pseudonym under which the journal knows them."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from users.models import AccountRequest, AccountState, Identity, Link, Recovery, User
from users.operations.sessions import end_sessions


@transaction.atomic
def erase_person(*, user: User, at: datetime) -> None:
    """Leave of an account only its public id and its dates; nobody logs in to it any more.

    :param user: their row is locked by the caller.
    """
    end_sessions(user_id=user.pk)
    Link.objects.filter(user=user).delete()
    Identity.objects.filter(user=user).delete()
    Recovery.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    AccountRequest.objects.filter(email=user.email).delete()
    user.groups.clear()
    user.email = user.contact_email = f"{user.public_id}@anonyme.invalid"
    user.first_name, user.last_name = "Compte", "anonymisé"
    user.phone = user.work_address = ""
    user.notices, user.contact_confirmed_at, user.is_staff = [], None, False
    user.set_unusable_password()
    user.save()
    user.enter(AccountState.ANONYMISE, at=at)
