from habilitations.models.approval import ApprovalRequest
from habilitations.models.attachment import Attachment, people_on
from habilitations.models.habilitation import ServiceHabilitation, StructureHabilitation

__all__ = ["ApprovalRequest", "Attachment", "ServiceHabilitation", "StructureHabilitation", "people_on"]
