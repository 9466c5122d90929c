"""What search engines are told of: every active public structure, nobody else's page."""

from tests.support.factories import StructureFactory
from tests.support.queries import count_queries


def test_the_map_names_the_public_ones_that_are_active(client, db):
    shown = StructureFactory()
    asleep, private = StructureFactory(is_active=False), StructureFactory(private=True)

    index, page = client.get("/sitemap.xml").text, client.get("/sitemap-annuaire.xml").text

    assert "sitemap-annuaire.xml" in index
    assert shown.directory_url in page
    assert asleep.directory_url not in page
    assert private.identifier not in page


def test_the_map_costs_the_same_for_many(client, db):
    StructureFactory()
    few = count_queries(client, "/sitemap-annuaire.xml")
    StructureFactory.create_batch(20)

    assert count_queries(client, "/sitemap-annuaire.xml") == few <= 2


def test_robots_are_told_where_the_map_is(client, db):
    text = client.get("/robots.txt").text

    assert "Sitemap: http" in text
    assert "Disallow: /mon-compte/" in text
