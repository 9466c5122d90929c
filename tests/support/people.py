"""Who the tests are about: people with their rights, made by the operations."""

from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from chorus_org.information.models import News, Ticket
from habilitations.models import ApprovalRequest, Attachment, Invitation, Proposal, StructureHabilitation
from habilitations.operations.attachments import attach
from habilitations.operations.invitations import invite
from habilitations.operations.principal_manager import appoint
from habilitations.operations.profiles import grant
from habilitations.operations.proposals import propose
from habilitations.operations.requests import ask_attachment
from services.directory.publishing import publish
from services.models import PublishedFile, Service
from structures.models import BankAccount, Structure
from structures.profiles import GIVEN_BY, Profile
from tests.support.factories import LONG_AGO, ServiceFactory, StructureFactory, UserFactory, siret
from users.models import AccountState, User

ACTORS = (
    "anonymous",
    "stranger",
    "service_member",
    "service_modifier",
    "bare_member",
    "member",
    "modifier",
    "gp",
    "gp_elsewhere",
    "former_member",
    "requester",
    "suspended_gp",
    "operator",
    "superuser",
)


def appoint_to(structure: Structure, user: User) -> User:
    appoint(structure_id=structure.pk, user_id=user.pk, by=None, at=LONG_AGO)
    return user


def make_gp(structure: Structure) -> User:
    return appoint_to(structure, UserFactory())


def make_member(structure: Structure, service: Service | None = None, *, profiles: Any = ()) -> User:
    """A person attached to the structure, or to one service of it, with the default profiles and these."""
    user = UserFactory()
    attachment = attach(
        user_id=user.pk, structure_id=structure.pk, service_id=service and service.pk, by=None, at=LONG_AGO
    )
    grant(attachment=attachment, profiles=profiles, by=None, at=LONG_AGO)
    return user


class World:
    """A structure with two services, and everyone who may have to do with it, by name (`ACTORS`)."""

    def __init__(self) -> None:
        self.structure = StructureFactory(legal_name="BANQUE DE FRANCE", city="Paris")
        self.elsewhere = StructureFactory(legal_name="VILLE DE PARIS")
        self.service = ServiceFactory(structure=self.structure, code="FI_COMPTA")
        self.other_service = ServiceFactory(structure=self.structure, code="FI_ACHATS")

    def person(self, name: str) -> Any:
        """The person of that name, made when first asked for."""
        return getattr(self, f"_{name}")()

    def _anonymous(self) -> Any:
        return AnonymousUser()

    def _stranger(self) -> User:
        return self.stranger

    @cached_property
    def stranger(self) -> User:
        return UserFactory()

    @cached_property
    def account(self) -> BankAccount:
        """A bank account of the structure."""
        return BankAccount.objects.create(
            structure=self.structure,
            label="Compte principal",
            holder="BANQUE DE FRANCE",
            iban="FR7630006000011234567890189",
            bic="AGRIFRPP",
            created_at=LONG_AGO,
        )

    @cached_property
    def news(self) -> News:
        """Something to read for everybody."""
        return News.objects.create(
            title="Les codes de service s’importent",
            summary="Jusqu’à 500 services depuis un fichier.",
            text="Le fichier est **essayé** avant d’être écrit.",
            published_from=LONG_AGO,
            changed_at=LONG_AGO,
        )

    @cached_property
    def ticket(self) -> Ticket:
        """What somebody wrote to the support."""
        return Ticket.objects.create(
            email="claire@example.org", subject="Mon code", message="Il n’arrive pas.", opened_at=LONG_AGO
        )

    @cached_property
    def published(self) -> PublishedFile:
        """The services of the directory, as a file."""
        publish(at=LONG_AGO)
        return PublishedFile.objects.get(name="services.csv")

    @cached_property
    def proposal(self) -> Proposal:
        """A public structure that the stranger asks for."""
        return propose(
            identifier=siret(999_999),
            legal_name="COMMUNE DE NULLE PART",
            legal_status="Commune",
            address="1 place de la Mairie",
            postal_code="48000",
            city="Nulle Part",
            by=self.stranger,
            at=LONG_AGO,
        )

    def _service_member(self) -> User:
        return make_member(self.structure, self.service)

    def _service_modifier(self) -> User:
        """Holds « Organisation modification » on one service only."""
        return make_member(self.structure, self.service, profiles={Profile.ORGANISATION_MODIFICATION})

    def _bare_member(self) -> User:
        """Attached to the structure, without « Organisation consultation » nor what gives it."""
        user = make_member(self.structure)
        StructureHabilitation.objects.filter(
            user=user, permission__codename__in=GIVEN_BY[Profile.ORGANISATION_CONSULTATION]
        ).delete()
        return user

    def _member(self) -> User:
        return self.membership.user

    @cached_property
    def membership(self) -> Attachment:
        """The attachment of the member."""
        return make_member(self.structure).attachments.select_related("user").get()

    def _modifier(self) -> User:
        return make_member(self.structure, profiles={Profile.ORGANISATION_MODIFICATION})

    def _gp(self) -> User:
        return make_gp(self.structure)

    def _gp_elsewhere(self) -> User:
        return make_gp(self.elsewhere)

    def _former_member(self) -> User:
        """Whose attachment is over, though its rows stand still: the gate must not need them gone."""
        user = make_member(self.structure, profiles={Profile.ORGANISATION_MODIFICATION})
        user.attachments.update(ends_at=LONG_AGO.replace(year=2024))
        return user

    def _requester(self) -> User:
        """Who has asked to be attached to the structure."""
        return self.asked.requester

    @cached_property
    def asked(self) -> ApprovalRequest:
        """A request for the whole structure, which waits; somebody there can answer it."""
        make_member(self.structure)
        return ask_attachment(structure_id=self.structure.pk, by=UserFactory(), at=LONG_AGO)

    @cached_property
    def invited(self) -> Invitation:
        """An invitation to the whole structure, at the stranger's address."""
        manager = make_member(self.structure, profiles={Profile.ORGANISATION_MODIFICATION})
        invite(
            email=self.stranger.email,
            structure=self.structure,
            service=None,
            ends_at=None,
            by=manager,
            at=timezone.now() - timedelta(hours=1),
        )
        return Invitation.objects.get(structure=self.structure)

    def _suspended_gp(self) -> User:
        user = make_gp(self.structure)
        User.objects.filter(pk=user.pk).update(state=AccountState.SUSPENDU)
        user.refresh_from_db()
        return user

    def _operator(self) -> User:
        return UserFactory(is_staff=True)

    def _superuser(self) -> User:
        return UserFactory(is_staff=True, is_superuser=True)
