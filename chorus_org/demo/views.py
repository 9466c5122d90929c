from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from chorus_org.demo import samples
from chorus_org.kernel.common import answers
from chorus_org.kernel.common.paging import Page
from chorus_org.kernel.common.typed import typed
from chorus_org.kernel.mail.models import Mail
from chorus_org.kernel.mail.rendering import paragraphs
from services.gantt import Timeline

LATEST = 50


@require_http_methods(["GET", "HEAD", "POST"])
def components(request: HttpRequest) -> HttpResponse:
    """Every component of the screens, in use and in every state; its forms lead back to it."""
    timeline = Timeline(samples.AT)
    context = {
        "at": samples.AT,
        "form": samples.fields_form(),
        "structure": samples.BANQUE,
        "services": samples.services(timeline),
        "timeline": timeline,
        "may_read": True,
        "page": Page(rows=[], previous="#tableaux", next="#tableaux"),
        "chart": samples.requests_by_week(),
        "delays": samples.delays(),
        "icons": samples.icons(),
    }
    return render(request, "demo/composants.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest) -> HttpResponse:
    """A question as the screens ask it, page and dialog; nothing is done."""
    form = samples.RefusalForm(typed(request))
    if form.is_valid():
        return answers.done(request, "La demande est refusée", "demo:components")
    return answers.question(
        request,
        form,
        title="Refuser la demande de Thomas Lefèvre",
        lines=[samples.REFUSING],
        submit="Refuser la demande",
        way=("Composants", "demo:components"),
        bad=True,
    )


@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """The mails that were sent, newest first: in the demo they reach nobody."""
    sent = list(Mail.objects.sent().order_by("-sent_at", "-pk")[:LATEST])
    for mail in sent:
        mail.paragraphs = paragraphs(mail.text)
    return render(request, "demo/courriels.html", {"mails": sent, "latest": LATEST})
