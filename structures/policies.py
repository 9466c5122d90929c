"""Who may do what with a structure: asked by the pages, and by the operations under the lock."""

from chorus_org.kernel.common.rights import Person
from structures.models import Structure
from structures.profiles import Profile

MODIFY = Profile.ORGANISATION_MODIFICATION
WHO_MAY_MODIFY = (
    "Gérer une structure revient à son gestionnaire principal et à ceux qui y détiennent le profil "
    "«\u00a0Organisation modification\u00a0»."
)
WHO_MAY_ACTIVATE = "Activer une structure de nouveau revient à son gestionnaire principal."


def may_modify(user: Person, structure: Structure) -> bool:
    """Whether the person may change what the structure says of itself, and deactivate it (domain, 3.3)."""
    return user.has_perm(MODIFY, structure)


def may_activate(user: Person, structure: Structure) -> bool:
    """Whether the person may wake the structure up: no right exists on it meanwhile, its GP acts by who they are."""
    return structure.principal_manager_id == user.pk
