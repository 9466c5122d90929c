"""What each operation locks, with its arguments on the rows of the test; or why nothing (CONTRIBUTING, step 4)."""

from habilitations.models import Attachment
from structures.models import Structure
from users.models import User

LOCKS = {
    "chorus_org.leaving.operations.idle.erase": ({User}, lambda rows: {"user_id": rows.user.pk}),
    "chorus_org.leaving.operations.idle.suspend_unused": ({User}, lambda rows: {"user_id": rows.user.pk}),
    "chorus_org.leaving.operations.idle.warn": ({User}, lambda rows: {"user_id": rows.user.pk}),
    "chorus_org.leaving.operations.closing.close_account": ({User}, lambda rows: {"by": rows.user, "erase": False}),
    "chorus_org.leaving.operations.closing.erase_account": (
        {Structure, Attachment},
        lambda rows: {"user_id": rows.manager.pk},
    ),
}
NOTHING = {
    "chorus_org.leaving.operations.personal_data.take_data": "it only reads",
    "chorus_org.leaving.operations.returns.come_back": "waits in use_link",
}
