"""Who may do what with rights and those who hold them: one predicate a verb, asked by pages and by operations.

A page asks it for its button and its address; the operation asks it again, under the lock.
"""

from collections.abc import Collection
from typing import Any

from chorus_org.kernel.common.rights import Person
from habilitations.enums import RequestKind
from habilitations.models import Attachment
from services.models import Service
from structures.models import Structure
from structures.profiles import ORGANISATION_PROFILES, Profile

APPOINT = "structures.appoint_principal_manager"
ATTACH = Profile.ORGANISATION_MODIFICATION
# What deciding a request takes (rights, « What is asked », 4)
DECIDE = {
    RequestKind.ATTACHMENT: Profile.RATTACHEMENT_VALIDATION,
    RequestKind.PROFILES: Profile.ORGANISATION_MODIFICATION,
}
WHO_MAY_APPOINT = "Désigner un gestionnaire principal revient aux exploitants «\u00a0administrateur\u00a0»."
WHO_MAY_ATTACH = (
    "Rattacher, détacher et habiliter revient au gestionnaire principal de la structure et à ceux qui y détiennent "
    "le profil «\u00a0Organisation modification\u00a0»."
)
WHO_MAY_DECIDE = (
    "Répondre à cette demande revient à ceux qui détiennent le profil «\u00a0Rattachement validation\u00a0» sur la "
    "structure ou sur le service, et pour des profils de plus, «\u00a0Organisation modification\u00a0»."
)


def may_appoint(operator: Person) -> bool:
    """Whether the operator may appoint the GP of a structure that has none."""
    return operator.is_staff and operator.has_perm(APPOINT)


def may_attach(user: Person, target: Structure | Service) -> bool:
    """Whether the person may attach others to a structure, or to one service (guide, 3.3)."""
    return user.has_perm(ATTACH, target)


def may_detach(user: Person, attachment: Attachment) -> bool:
    """Whether the person may end an attachment: whoever may open it, and who is attached (guide, 3.3)."""
    return user.pk == attachment.user_id or may_attach(user, attachment.target)


def may_grant(user: Person, attachment: Attachment) -> bool:
    """Whether the person may give and take the profiles that an attachment carries (guide, 3.4)."""
    return may_attach(user, attachment.target)


def is_manager(attachment: Attachment) -> bool:
    """Whether the attachment is the one by which the GP of its structure holds their rights."""
    return attachment.service_id is None and attachment.structure.principal_manager_id == attachment.user_id


def fixed(user: Person, attachment: Attachment) -> frozenset[Profile]:
    """The profiles that the person cannot take from an attachment (domain, 7.4).

    The GP keeps those of the organisation, and nobody takes « Organisation modification » from themselves.
    """
    if is_manager(attachment):
        return ORGANISATION_PROFILES
    return frozenset({Profile.ORGANISATION_MODIFICATION}) if user.pk == attachment.user_id else frozenset()


def may_decide(user: Person, request: Any, held: Collection[Profile]) -> bool:
    """Whether the person may approve or refuse a request, never their own.

    :param request: an `ApprovalRequest`.
    :param held: what the person holds on what the request is about (`rights.gate().profiles_on`).
    """
    return request.requester_id != user.pk and DECIDE[RequestKind(request.kind)] in held


def grantable(user: Person, structure: Structure, held: Collection[Profile]) -> frozenset[Profile]:
    """The profiles that the person may give there: the GP all that suits the structure, others what they hold.

    Who validates attachments without « Organisation modification » gives the usual profiles only.

    :param held: what the person holds on the structure or the service at stake.
    """
    if structure.principal_manager_id == user.pk and Profile.ORGANISATION_MODIFICATION in held:
        return structure.suiting_profiles
    mine = frozenset(held) & structure.suiting_profiles
    if Profile.ORGANISATION_MODIFICATION in held:
        return mine
    return mine & structure.newcomers_profiles if Profile.RATTACHEMENT_VALIDATION in held else frozenset()
