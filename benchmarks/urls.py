"""The product's addresses, and the floor: what a page for a person logged in costs before it does anything."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def floor(request: HttpRequest) -> HttpResponse:
    return HttpResponse("plancher")


urlpatterns = [path("banc/plancher/", floor, name="floor"), path("", include("chorus_org.urls"))]
