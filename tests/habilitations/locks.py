"""What each operation locks, with its arguments on the rows of the test; or why nothing (CONTRIBUTING, step 4)."""

from habilitations.models import Attachment
from structures.models import Structure
from structures.profiles import Profile
from users.models import User

LOCKS = {
    "habilitations.operations.attachments.attach": (
        {User, Structure},
        lambda rows: {"user_id": rows.user.pk, "structure_id": rows.structure.pk, "by": None},
    ),
    "habilitations.operations.attachments.end_attachment": (
        {Structure, Attachment},
        lambda rows: {"attachment": rows.attachment, "by": None},
    ),
    "habilitations.operations.principal_manager.appoint": (
        {User, Structure},
        lambda rows: {"user_id": rows.user.pk, "structure_id": rows.structure.pk, "by": None},
    ),
    "habilitations.operations.profiles.grant": (
        {Structure, Attachment},
        lambda rows: {"attachment": rows.attachment, "profiles": {Profile.FACTURATION_VALIDATION}, "by": None},
    ),
}
