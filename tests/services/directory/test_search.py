"""« Annuaire des structures publiques »: found by identifier, or by words in any order (domain, 5)."""

import pytest
from django.db import connection
from django.urls import reverse

from structures.departements import DEPARTEMENTS
from structures.models import Structure
from structures.search import MOST, search
from structures.tasks import refresh_search
from tests.support.factories import StructureFactory
from tests.support.htmx import HtmxPage
from tests.support.pages import plain, text_of
from tests.support.queries import count_queries

URL = "/annuaire/"


@pytest.fixture
def france(db, now):
    """A few public structures, and a private one that nobody is to find."""
    made = {
        "amiens": StructureFactory(legal_name="COMMUNE D'AMIENS", city="AMIENS", postal_code="80000"),
        "etienne": StructureFactory(legal_name="VILLE DE SAINT-ÉTIENNE", city="SAINT-ETIENNE", postal_code="42000"),
        "paris": StructureFactory(legal_name="VILLE DE PARIS", city="PARIS", postal_code="75004"),
        "ajaccio": StructureFactory(legal_name="COMMUNE D'AJACCIO", city="AJACCIO", postal_code="20000"),
        "secret": StructureFactory(private=True, legal_name="VILLE DE SECRETS SARL", city="PARIS"),
    }
    refresh_search(at=now)
    return made


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("commune", {"amiens", "ajaccio"}),
        ("saint etienne", {"etienne"}),
        ("ÉTIENNE ville", {"etienne"}),
        ("etien", {"etienne"}),
        ("75004", {"paris"}),
        ("ville paris", {"paris"}),
        ("80000 commune", {"amiens"}),
        ("secrets", set()),
        ("' & | ! : * \\ % _ ()", set()),
        ("de", {"etienne", "paris"}),
        ("l'", set()),
    ],
)
def test_words_are_found_in_any_order_whatever_their_case_and_accents(france, text, found):
    assert {name for name, one in france.items() if one in search(text).rows} == found


@pytest.mark.parametrize(
    ("text", "name"), [("amines", "amiens"), ("etinne", "etienne"), ("parris", "paris"), ("ajacio", "ajaccio")]
)
def test_one_typing_error_is_forgiven_and_said(client, france, text, name):
    found = search(text)

    assert (found.rows, found.corrected) == ([france[name]], True)
    assert "Résultats approchants" in plain(client.get(URL, {"q": text}).text)


def test_an_identifier_is_found_however_it_is_spaced(france):
    siret = france["paris"].identifier

    for typed in (siret, f"{siret[:3]} {siret[3:6]} {siret[6:]}", siret[:9]):
        assert search(typed).rows[0] == france["paris"]
    assert search(france["secret"].identifier).rows == []


def test_the_exact_name_comes_first(france):
    ville = StructureFactory(legal_name="VILLE")

    assert search("ville").rows[0] == ville


@pytest.mark.parametrize(("code", "name"), [("75", "paris"), ("2A", "ajaccio"), ("80", "amiens")])
def test_a_departement_is_a_filter(client, france, code, name):
    page = client.get(URL, {"departement": code}).text

    assert {key for key, one in france.items() if one.identifier in page.replace("</span><span>", "")} == {name}
    assert len(DEPARTEMENTS) == len(dict(DEPARTEMENTS)) == 105


def test_the_boxes_narrow_what_is_found_and_what_is_browsed(client, france):
    Structure.objects.filter(pk=france["paris"].pk).update(service_code_required=True, is_active=False)

    def shown(**asked):
        page = client.get(URL, asked).text.replace("</span><span>", "")
        return {name for name, one in france.items() if one.identifier in page}

    assert shown(service="on") == {"paris"}
    assert shown(q="ville", active="on") == {"etienne"}
    assert shown() == {"amiens", "etienne", "paris", "ajaccio"}
    assert shown(engagement="on") == set()


def test_results_are_bounded_and_paged(client, db):
    StructureFactory.create_batch(MOST + 5, legal_name="LYCEE", city="LYON")

    first = client.get(URL, {"q": "lycee"})
    second = client.get(URL, {"q": "lycee", "page": "2"})

    assert "Plus de 250 structures : précisez la recherche" in plain(first.text)
    assert "?q=lycee&amp;page=2" in first.text
    assert second.status_code == client.get(URL, {"q": "lycee", "page": "x"}).status_code == 200


def test_a_name_that_begins_with_the_text_is_never_lost_among_too_many(db):
    StructureFactory.create_batch(MOST + 5, legal_name="LYCEE DE LYON", city="LYON")
    lyon = StructureFactory(legal_name="LYON METROPOLE", city="LYON")

    assert search("lyon").rows[0] == lyon


def test_is_refreshed_as_one_types(client, france):
    page = HtmxPage(client, client.get(URL))
    page.fill(q="ajacc")

    page.trigger(page.find("form", role="search"))

    assert "AJACCIO" in text_of(page.by_id("liste"))
    assert "AMIENS" not in text_of(page.by_id("liste"))


def test_costs_the_same_for_one_and_for_many(client, france):
    StructureFactory.create_batch(3, legal_name="VILLE DE PLUS")
    few = count_queries(client, URL + "?q=ville")
    StructureFactory.create_batch(30, legal_name="VILLE DE PLUS")

    assert count_queries(client, URL + "?q=ville") == few <= 3


def test_may_be_kept_by_a_proxy_for_a_visitor_alone(client, login, france, world):
    assert client.get(URL).headers["Cache-Control"] == "public, max-age=300"
    assert "no-store" in login(world.person("gp")).get(URL).headers["Cache-Control"]


def test_is_the_first_thing_of_organisation_and_of_home(client, db):
    for page in ("home", "organisation"):
        assert f'href="{URL}"' in client.get(reverse(page)).text


def test_a_departement_is_read_in_the_postcode(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.departement('97490'), public.departement('20200'), public.departement('')")
        assert cursor.fetchone() == ("974", "2b", "")


def test_finds_the_rows_of_each_slice(db):
    """The index of the words is cut in four, by the id of the rows."""
    made = StructureFactory.create_batch(16, legal_name="PHARE")

    assert set(search("phare").ids) == {structure.pk for structure in made}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("étienne", "VILLE DE SAINT-<mark>ÉTIENNE</mark>"),
        ("sai vi", "<mark>VI</mark>LLE DE <mark>SAI</mark>NT-ÉTIENNE"),
        ("42000", "VILLE DE SAINT-ÉTIENNE"),
        ("etiene", "VILLE DE SAINT-ÉTIENNE"),  # corrected: nothing begins with what was typed
        ("", "VILLE DE SAINT-ÉTIENNE"),
    ],
)
def test_what_was_looked_for_is_marked_in_the_names(client, france, text, shown):
    assert f">{shown}</a>" in client.get(URL, {"q": text}).text


def test_a_name_that_looks_like_markup_is_escaped(client, db):
    StructureFactory(legal_name="PARC <b>NATUREL</b> & CIE")

    assert "><mark>PARC</mark> &lt;b&gt;NATUREL&lt;/b&gt; &amp; CIE</a>" in client.get(URL, {"q": "parc"}).text
