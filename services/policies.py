"""Who may do what with a service: asked by the pages, and by the operations under the lock."""

from chorus_org.kernel.common.rights import Person
from services.models import Service
from structures.models import Structure
from structures.profiles import Profile

CREATE = Profile.ORGANISATION_MODIFICATION
WHO_MAY_CREATE = (
    "Créer un service revient au gestionnaire principal d’une structure et à ceux qui y détiennent le profil "
    "«\u00a0Organisation modification\u00a0»."
)


WHO_MAY_MODIFY = (
    "Modifier, fermer ou rouvrir un service revient au gestionnaire principal de la structure et à ceux qui y "
    "détiennent le profil «\u00a0Organisation modification\u00a0»."
)


def may_modify(user: Person, service: Service) -> bool:
    """Whether the person may change, close and reopen the service (domain, 4.4)."""
    return user.has_perm(CREATE, service)


def may_create(user: Person, structure: Structure) -> bool:
    """Whether the person may open a service in the structure (guide, section 2)."""
    return user.has_perm(CREATE, structure)
