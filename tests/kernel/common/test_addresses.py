"""What is kept in memory of addresses, and of markup that holds some, is kept for one place only."""

from types import ModuleType
from uuid import uuid4

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, get_script_prefix, include, path, reverse, set_script_prefix, set_urlconf
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


def test_the_tag_of_addresses_gives_those_of_the_place(under_a_prefix, elsewhere):
    tag, kept = Template('{% url "home" %}'), Template('{% url "home" as here %}{{ here }}')

    assert tag.render(Context()) == kept.render(Context()) == "/"
    under_a_prefix()
    assert tag.render(Context()) == kept.render(Context()) == "/portail/"
    elsewhere()
    assert tag.render(Context()) == kept.render(Context()) == "/portail/accueil/"


def test_an_address_that_is_not_there_is_forgiven_only_where_it_is_kept():
    assert Template('{% url "nulle-part" as here %}[{{ here }}]').render(Context()) == "[]"
    with pytest.raises(NoReverseMatch):
        Template('{% url "nulle-part" %}').render(Context())
