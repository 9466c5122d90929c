"""« Demander la création d'une structure publique », and taking it back (domain, 3.5)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from chorus_org.kernel.common.answers import HtmxRequest, done, form_page, question, sent
from chorus_org.kernel.common.forms import Form
from chorus_org.kernel.common.typed import typed
from habilitations.forms.proposals import ProposalForm
from habilitations.models import Proposal
from habilitations.operations import proposals

TITLE = "Demander la création d’une structure publique"


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Ask the operators for a public structure; whether it exists is said as one types."""
    form = ProposalForm(typed(request), initial={"identifier": request.GET.get("identifier")})
    if "choisir" in request.POST:
        form.check_only()
    elif form.submit(proposals.propose, by=request.user, at=timezone.now()):
        return sent(request, TITLE, "mine:requests")
    return form_page(request, "habilitations/propose.html", form, title=TITLE)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Take a proposal of mine back."""
    proposal = get_object_or_404(Proposal.objects.of(request.user), public_id=public_id)
    form = Form(typed(request))
    if form.submit(proposals.withdraw_proposal, proposal_id=proposal.pk, by=request.user, at=timezone.now()):
        return done(request, "Votre demande est retirée", "mine:requests")
    lines = [
        f"Création de {proposal.legal_name}.",
        "Elle n’attendra plus de réponse. Vous pourrez en faire une autre.",
    ]
    way = ("Mon compte", "account", "Historique de mes demandes", "/mon-compte/demandes/")
    return question(
        request, form, title="Retirer ma demande", lines=lines, submit="Retirer ma demande", way=way, bad=True
    )
