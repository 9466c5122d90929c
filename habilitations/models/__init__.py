from habilitations.models.absence import Absence
from habilitations.models.approval import ApprovalRequest
from habilitations.models.attachment import Attachment, people_on
from habilitations.models.habilitation import ServiceHabilitation, StructureHabilitation
from habilitations.models.invitation import Invitation
from habilitations.models.proposal import Proposal

__all__ = [
    "Absence",
    "ApprovalRequest",
    "Attachment",
    "Invitation",
    "Proposal",
    "ServiceHabilitation",
    "StructureHabilitation",
    "people_on",
]
