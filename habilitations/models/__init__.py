from habilitations.models.attachment import Attachment
from habilitations.models.habilitation import ServiceHabilitation, StructureHabilitation

__all__ = ["Attachment", "ServiceHabilitation", "StructureHabilitation"]
