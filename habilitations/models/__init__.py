from habilitations.models.attachment import Attachment, people_on
from habilitations.models.habilitation import ServiceHabilitation, StructureHabilitation

__all__ = ["Attachment", "ServiceHabilitation", "StructureHabilitation", "people_on"]
