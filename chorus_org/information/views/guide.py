"""« Documentation »: our own guide of our own screens, a page a task."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chorus_org.information.forms import GuideFilter
from chorus_org.information.guide import GUIDE, search


@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """The tasks, or those that a text finds among their headings."""
    filters = GuideFilter(request.GET)
    filters.is_valid()
    found = search(filters.cleaned_data.get("q", ""))
    return render(request, "information/guide.html", {"tasks": found, "filters": filters})


@require_safe
def task(request: HttpRequest, slug: str) -> HttpResponse:
    """How to do one thing."""
    found = next((one for one in GUIDE if one.slug == slug), None)
    if not found:
        raise Http404
    return render(request, "information/task.html", {"task": found})
