"""What is kept in memory of addresses, and of markup that holds some, is kept for one place only."""

from types import ModuleType
from uuid import uuid4

import pytest
from django.template import Context, Template
from django.urls import get_script_prefix, include, path, reverse, set_script_prefix, set_urlconf
from django.views.defaults import page_not_found

from chorus_org.kernel.common.addresses import address_of


@pytest.fixture
def under_a_prefix():
    before = get_script_prefix()
    yield lambda: set_script_prefix("/portail/")
    set_script_prefix(before)


@pytest.fixture
def elsewhere():
    others = ModuleType("others")
    services = ([path("s/<uuid:public_id>/", page_not_found, name="detail")], "services")
    others.urlpatterns = [path("ici/", include(services)), path("accueil/", page_not_found, name="home")]
    yield lambda: set_urlconf(others)
    set_urlconf(None)


def test_an_address_is_the_one_that_django_makes(under_a_prefix, elsewhere):
    for move in (lambda: None, under_a_prefix, elsewhere):
        move()
        public_id = uuid4()

        assert address_of("services:detail", public_id) == reverse("services:detail", args=[public_id])


def test_a_component_leads_where_its_own_place_leads(under_a_prefix, elsewhere):
    source = Template('{% back "home" "Accueil" %}')

    shown = []
    for move in (lambda: None, under_a_prefix, elsewhere):
        move()
        shown.append(source.render(Context()))

    assert [one.split('"')[3] for one in shown] == ["/", "/portail/", "/portail/accueil/"]
