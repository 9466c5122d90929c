"""What operators do with accounts, structures and the directory: each act is a page that says what will happen, asks,
and is one operation. Nothing else here writes.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone

from chorus_org.kernel.common.admin import asked, question, told
from chorus_org.kernel.common.forms import Form
from chorus_org.kernel.common.refusals import NotAllowed, Refusal
from chorus_org.kernel.common.typed import typed
from chorus_org.operators.forms import AppointForm, NewAddressForm
from chorus_org.operators.operations.lifecycle import REOPENED, close_sessions, reopen_account, suspend_account
from chorus_org.operators.operations.recovery import ask_factors_reset, ask_new_address, drop_recovery
from chorus_org.operators.policies import WHO_MAY_PUBLISH, WHO_MAY_SUSPEND, may_publish, may_suspend
from habilitations import admin as habilitations
from habilitations import policies
from habilitations.forms.proposals import RefuseProposalForm
from habilitations.models import Proposal
from habilitations.operations.principal_manager import appoint
from habilitations.operations.proposals import accept_proposal, refuse_proposal
from services import admin as services
from services.directory.publishing import ask_again
from services.models import PublishedFile
from structures import admin as structures
from structures.models import Structure
from users import admin as users
from users.models import Recovery, User
from users.second_factor import has_factor

NAMED = 20
NO_FACTORS, NEW_ADDRESS = "Retirer la double authentification", "Changer l’adresse de connexion"
CREATE_IT, REFUSE_IT = "Créer la structure", "Refuser la demande"
MAKE_AGAIN = "Refaire les fichiers de l’annuaire"
NO_RECOVERY, NO_SESSIONS = "Abandonner la récupération", "Fermer les sessions"


@admin.register(User)
class UserAdmin(users.UserAdmin):
    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/suspendre/", view(self.suspend), name="users_user_suspend"),
            path("<int:pk>/rouvrir/", view(self.reopen), name="users_user_reopen"),
            path("<int:pk>/double-authentification/", view(self.factors), name="users_user_factors"),
            path("<int:pk>/adresse/", view(self.address), name="users_user_address"),
            path("<int:pk>/recuperation/", view(self.recovery), name="users_user_recovery"),
            path("<int:pk>/sessions/", view(self.sessions), name="users_user_sessions"),
            *super().get_urls(),
        ]

    def acts(self, request: HttpRequest, obj: User) -> list[tuple[str, str]]:
        if not may_suspend(request.user, obj):
            return []
        pages = []
        if obj.is_active:
            pages = [("Suspendre le compte", "suspend"), (NO_SESSIONS, "sessions")]
            if Recovery.objects.filter(user=obj).exists():
                pages.append((NO_RECOVERY, "recovery"))
            else:
                pages += [(NEW_ADDRESS, "address"), *([(NO_FACTORS, "factors")] if has_factor(obj) else [])]
        elif obj.state in REOPENED:
            pages = [("Rouvrir le compte", "reopen")]
        return [(words, reverse(f"admin:users_user_{page}", args=[obj.pk])) for words, page in pages]

    @asked
    def suspend(self, request: HttpRequest, pk: int) -> HttpResponse:
        """« Suspendre le compte »."""
        user = self._account(request, pk)
        if not user.is_active:
            return told(request, user, messages.WARNING, user.state_sentence)
        if request.method == "POST":
            return _acted(request, user, suspend_account, f"Le compte de {user} est suspendu.")
        return question(request, user, "Suspendre le compte", _what_suspending_does(user))

    @asked
    def reopen(self, request: HttpRequest, pk: int) -> HttpResponse:
        """« Rouvrir le compte »."""
        user = self._account(request, pk)
        if user.state not in REOPENED:
            return told(request, user, messages.WARNING, user.state_sentence)
        if request.method == "POST":
            return _acted(request, user, reopen_account, f"Le compte de {user} est rouvert.")
        lines = [
            "Cette personne pourra de nouveau se connecter. Elle retrouvera ses rattachements et ses habilitations."
        ]
        return question(request, user, "Rouvrir le compte", lines)

    @asked
    def sessions(self, request: HttpRequest, pk: int) -> HttpResponse:
        """« Fermer les sessions »."""
        user = self._account(request, pk)
        if request.method == "POST":
            return _acted(request, user, close_sessions, f"Les sessions de {user} sont fermées.")
        return question(request, user, NO_SESSIONS, ["Cette personne devra se connecter de nouveau, partout."])

    @asked
    def factors(self, request: HttpRequest, pk: int) -> HttpResponse:
        """« Retirer la double authentification » of who has lost what gives it."""
        user = self._account(request, pk)
        if request.method == "POST":
            return _acted(request, user, ask_factors_reset, f"Ce sera fait dans 72 heures. {user} en est prévenu.")
        lines = [
            "Assurez-vous d’abord de qui vous écrit.",
            "Dans 72 heures, ses applications, ses clés et ses codes de secours seront retirés, et le code lui "
            "arrivera par courriel. Un message l’en prévient\u00a0; si cette personne se connecte "
            "d’ici là, rien ne se fait.",
        ]
        return question(request, user, NO_FACTORS, lines)

    @asked
    def address(self, request: HttpRequest, pk: int) -> HttpResponse:
        """« Changer l’adresse de connexion » of who reads theirs no more: 422 with the refusal at the field."""
        user = self._account(request, pk)
        form = NewAddressForm(typed(request))
        if form.submit(ask_new_address, user_id=user.pk, by=request.user, at=timezone.now()):
            done = f"Ce sera fait dans 72 heures. L’adresse actuelle de {user} en est prévenue."
            return told(request, user, messages.SUCCESS, done)
        lines = [
            "Assurez-vous d’abord de qui vous écrit.",
            "Dans 72 heures, la nouvelle adresse recevra un lien pour choisir un mot de passe, et l’actuelle "
            "n’ouvrira plus ce compte. Un message l’en prévient\u00a0; si cette personne se connecte d’ici là, rien "
            "ne se fait.",
        ]
        return question(request, user, NEW_ADDRESS, lines, form)

    @asked
    def recovery(self, request: HttpRequest, pk: int) -> HttpResponse:
        """« Abandonner la récupération » that waits."""
        user = self._account(request, pk)
        if request.method == "POST":
            return _acted(request, user, drop_recovery, "La demande est abandonnée.")
        return question(request, user, NO_RECOVERY, ["Rien ne changera pour ce compte."])

    def _account(self, request: HttpRequest, pk: int) -> User:
        """The account that the page asks about: 404 when there is none, 403 when this operator may not."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        user = get_object_or_404(User, pk=pk)
        if not may_suspend(request.user, user):
            raise NotAllowed(WHO_MAY_SUSPEND)
        return user


@admin.register(Structure)
class StructureAdmin(structures.StructureAdmin):
    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.appoint)
        name = "structures_structure_appoint"
        return [path("<int:pk>/gestionnaire-principal/", view, name=name), *super().get_urls()]

    def acts(self, request: HttpRequest, obj: Structure) -> list[tuple[str, str]]:
        if obj.principal_manager_id or not (obj.is_active and policies.may_appoint(request.user)):
            return []
        url = reverse("admin:structures_structure_appoint", args=[obj.pk])
        return [("Désigner le gestionnaire principal", url)]

    @asked
    def appoint(self, request: HttpRequest, pk: int) -> HttpResponse:
        """« Désigner le gestionnaire principal » of a structure that has none: 422 with the refusal at the field."""
        if not policies.may_appoint(request.user):
            raise NotAllowed(policies.WHO_MAY_APPOINT)
        structure = get_object_or_404(Structure, pk=pk)
        if structure.principal_manager_id:
            return told(request, structure, messages.WARNING, "Cette structure a déjà un gestionnaire principal.")
        form = AppointForm(typed(request))
        if form.submit(appoint, structure_id=structure.pk, by=request.user, at=timezone.now()):
            done = f"{form.cleaned_data['user']} est le gestionnaire principal de {structure.name}."
            return told(request, structure, messages.SUCCESS, done)
        lines = [
            "Cette personne sera rattachée à la structure, et y détiendra tous les profils «\u00a0Organisation\u00a0»."
        ]
        return question(request, structure, "Désigner le gestionnaire principal", lines, form)


@admin.register(Proposal)
class ProposalAdmin(habilitations.ProposalAdmin):
    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/accepter/", view(self.accept), name="habilitations_proposal_accept"),
            path("<int:pk>/refuser/", view(self.refuse), name="habilitations_proposal_refuse"),
            *super().get_urls(),
        ]

    def acts(self, request: HttpRequest, obj: Proposal) -> list[tuple[str, str]]:
        if not (obj.is_waiting and policies.may_appoint(request.user)):
            return []
        pages = [(CREATE_IT, "accept"), (REFUSE_IT, "refuse")]
        return [(words, reverse(f"admin:habilitations_proposal_{page}", args=[obj.pk])) for words, page in pages]

    @asked
    def accept(self, request: HttpRequest, pk: int) -> HttpResponse:
        """« Créer la structure »."""
        proposal, form = self._waiting(request, pk), Form(typed(request))
        if form.submit(accept_proposal, proposal_id=proposal.pk, by=request.user, at=timezone.now()):
            done = f"{proposal.legal_name} est créée\u00a0; {proposal.requester} en est le gestionnaire principal."
            return told(request, proposal, messages.SUCCESS, done)
        lines = [
            "Vérifiez d’abord le SIRET au répertoire de l’INSEE, et que le demandeur y travaille.",
            f"{proposal.requester} en deviendra le gestionnaire principal et en sera averti par courriel.",
        ]
        return question(request, proposal, CREATE_IT, lines, form)

    @asked
    def refuse(self, request: HttpRequest, pk: int) -> HttpResponse:
        """« Refuser la demande », with a reason: 422 without."""
        proposal, form = self._waiting(request, pk), RefuseProposalForm(typed(request))
        if form.submit(refuse_proposal, proposal_id=proposal.pk, by=request.user, at=timezone.now()):
            return told(request, proposal, messages.SUCCESS, "La demande est refusée, son auteur en est averti.")
        return question(request, proposal, REFUSE_IT, [f"{proposal.requester} recevra le motif par courriel."], form)

    def _waiting(self, request: HttpRequest, pk: int) -> Proposal:
        if not policies.may_appoint(request.user):
            raise NotAllowed(policies.WHO_MAY_APPOINT)
        return get_object_or_404(Proposal, pk=pk)


@admin.register(PublishedFile)
class PublishedFileAdmin(services.PublishedFileAdmin):
    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.again)
        return [path("<int:pk>/refaire/", view, name="services_publishedfile_again"), *super().get_urls()]

    def acts(self, request: HttpRequest, obj: PublishedFile) -> list[tuple[str, str]]:
        if not may_publish(request.user):
            return []
        return [(MAKE_AGAIN, reverse("admin:services_publishedfile_again", args=[obj.pk]))]

    @asked
    def again(self, request: HttpRequest, pk: int) -> HttpResponse:
        """« Refaire les fichiers de l’annuaire » without waiting for the night."""
        if not may_publish(request.user):
            raise NotAllowed(WHO_MAY_PUBLISH)
        file, form = get_object_or_404(PublishedFile, pk=pk), Form(typed(request))
        if form.submit(ask_again, at=timezone.now()):
            return told(request, file, messages.SUCCESS, "Les nouveaux fichiers seront là dans quelques minutes.")
        lines = ["Les trois fichiers de l’annuaire complet seront établis avec ce qu’il contient maintenant."]
        return question(request, file, MAKE_AGAIN, lines, form)


def _what_suspending_does(user: User) -> list[str]:
    lines = [
        "Cette personne sera déconnectée et ne pourra plus se connecter. Ses rattachements et ses habilitations sont "
        "conservés, sans effet jusqu’à la réouverture du compte."
    ]
    managed = list(user.managed_structures.order_by("name_key", "id")[: NAMED + 1])
    if managed:
        names = ", ".join(structure.name for structure in managed[:NAMED]) + ("…" if len(managed) > NAMED else "")
        lines.append(f"Resteront sans gestionnaire principal en activité\u00a0: {names}.")
    return lines


def _acted(request: HttpRequest, user: User, act: Callable[..., None], done: str) -> HttpResponse:
    """Run the operation on an account, and go back to its page with the answer."""
    try:
        act(user_id=user.pk, by=request.user, at=timezone.now())
    except Refusal as refusal:
        return told(request, user, messages.ERROR, str(refusal))
    return told(request, user, messages.SUCCESS, done)
