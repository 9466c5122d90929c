from habilitations.models.absence import Absence
from habilitations.models.approval import ApprovalRequest
from habilitations.models.attachment import Attachment, people_on
from habilitations.models.habilitation import ServiceHabilitation, StructureHabilitation
from habilitations.models.invitation import Invitation

__all__ = [
    "Absence",
    "ApprovalRequest",
    "Attachment",
    "Invitation",
    "ServiceHabilitation",
    "StructureHabilitation",
    "people_on",
]
