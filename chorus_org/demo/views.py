from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from chorus_org.common.paging import Page
from chorus_org.demo import samples
from services.gantt import Timeline


@require_http_methods(["GET", "HEAD", "POST"])
def components(request: HttpRequest) -> HttpResponse:
    """Every component of the screens, in use and in every state; its forms lead back to it."""
    timeline = Timeline(samples.AT)
    context = {
        "at": samples.AT,
        "form": samples.fields_form(),
        "refusal": samples.RefusalForm(),
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
