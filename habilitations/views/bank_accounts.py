"""« Coordonnées bancaires » of a structure: in full for those who manage it, masked for the others (domain, 3.7)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from chorus_org.kernel.common.addresses import address_of
from chorus_org.kernel.common.answers import HtmxRequest, done, form_page, question, sent
from chorus_org.kernel.common.forms import Form
from chorus_org.kernel.common.refusals import NotAllowed
from chorus_org.kernel.common.typed import typed
from habilitations.forms.bank_accounts import BankAccountForm
from habilitations.operations import bank_accounts
from services.views import whom_to_ask
from structures import policies
from structures.models import BankAccount, Structure
from structures.profiles import Profile

WHO_MAY_READ = "Voir ces coordonnées demande le profil «\u00a0Organisation consultation\u00a0» sur la structure."


@require_safe
def accounts(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where the structure is paid."""
    structure = _mine(request, public_id)
    if not request.user.has_perm(Profile.ORGANISATION_CONSULTATION, structure):
        raise NotAllowed(WHO_MAY_READ + whom_to_ask(Structure.objects.filter(pk=structure.pk)))
    context = {
        "structure": structure,
        "accounts": structure.bank_accounts.order_by("label", "pk"),
        "may_modify": policies.may_modify(request.user, structure),
    }
    return render(request, "habilitations/bank_accounts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """« Créer une coordonnée bancaire »."""
    structure = _managed(request, _mine(request, public_id))
    form = BankAccountForm(typed(request))
    if form.submit(bank_accounts.add_bank_account, structure_id=structure.pk, by=request.user, at=timezone.now()):
        return sent(request, "Créer une coordonnée bancaire", _list(structure))
    return _page(request, form, structure, "Créer une coordonnée bancaire")


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """« Modifier une coordonnée bancaire »."""
    account = _account(request, public_id)
    form = BankAccountForm(typed(request), account=account)
    if form.submit(bank_accounts.change_bank_account, account_id=account.pk, by=request.user, at=timezone.now()):
        return sent(request, "Modifier une coordonnée bancaire", _list(account.structure))
    return _page(request, form, account.structure, "Modifier une coordonnée bancaire")


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Take an account away, once asked."""
    account = _account(request, public_id)
    form, structure = Form(typed(request)), account.structure
    if form.submit(bank_accounts.remove_bank_account, account_id=account.pk, by=request.user, at=timezone.now()):
        return done(request, f"«\u00a0{account.label}\u00a0» est supprimée", _list(structure))
    lines = [f"{account.label}, {account.masked_iban}.", "Le gestionnaire principal en est averti."]
    way = (structure.name, structure.get_absolute_url(), "Coordonnées bancaires", _list(structure))
    title = "Supprimer une coordonnée bancaire"
    return question(request, form, title=title, lines=lines, submit="Supprimer", way=way, bad=True)


def _page(request: HttpRequest, form: BankAccountForm, structure: Structure, title: str) -> HttpResponse:
    context = {"structure": structure, "title": title, "back_url": _list(structure)}
    return form_page(request, "habilitations/bank_account.html", form, **context)


def _mine(request: HttpRequest, public_id: UUID) -> Structure:
    return get_object_or_404(Structure.objects.visible_to(request.user), public_id=public_id)


def _managed(request: HttpRequest, structure: Structure) -> Structure:
    if not policies.may_modify(request.user, structure):
        raise NotAllowed(policies.WHO_MAY_MODIFY + whom_to_ask(Structure.objects.filter(pk=structure.pk)))
    return structure


def _account(request: HttpRequest, public_id: UUID) -> BankAccount:
    visible = Structure.objects.visible_to(request.user).order_by().values("pk")
    accounts = BankAccount.objects.filter(structure__in=visible).select_related("structure")
    account = get_object_or_404(accounts, public_id=public_id)
    _managed(request, account.structure)
    return account


def _list(structure: Structure) -> str:
    return address_of("habilitations:bank_accounts", structure.public_id)
