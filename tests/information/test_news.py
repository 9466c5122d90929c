"""« Actualités »: written by operators in a safe subset of Markdown, read by everybody in their time."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import localtime
from hypothesis import given
from hypothesis import strategies as st

from chorus_org.information.markdown import rendered
from chorus_org.information.models import News
from chorus_org.information.operations import NewsRefused, write_news
from tests.support.operators import make_staff
from tests.support.pages import error_of, plain

URL = "/actualites/"


@pytest.fixture
def writer(db):
    return make_staff("support")


@pytest.fixture
def typed(now):
    return {
        "title": "Une nouveauté",
        "summary": "En une phrase.",
        "text": "Du **gras**.",
        "domain": "ORGANISATION",
        "audience": "TOUS",
        "published_from": f"{localtime(now):%Y-%m-%dT%H:%M:%S}",
        "published_until": "",
    }


def published(at, **fields):
    told = {"title": "Titre", "summary": "Résumé", "text": "Texte", "published_from": at, "changed_at": at}
    return News.objects.create(**told | fields)


class TestReading:
    def test_shows_the_latest_first_in_their_time(self, client, db, now):
        published(now - timedelta(days=2), title="Ancienne")
        published(now - timedelta(days=1), title="Récente")
        published(now + timedelta(days=1), title="À venir")
        published(now - timedelta(days=3), title="Finie", published_until=now)

        text = plain(client.get(URL).text)

        assert text.index("Récente") < text.index("Ancienne")
        assert "À venir" not in text
        assert "Finie" not in text
        assert "23 novembre 2026" in text

    def test_is_filtered_by_domain_and_audience(self, client, db, now):
        published(now, title="Pour tous")
        published(now, title="Pour les entreprises", audience="entreprise", domain="ANNUAIRE")
        published(now, title="Pour les associations", audience="association")

        text = plain(client.get(f"{URL}?audience=entreprise").text)
        assert ("Pour tous" in text, "Pour les entreprises" in text, "Pour les associations" in text) == (
            True,
            True,
            False,
        )
        assert "Pour tous" not in plain(client.get(f"{URL}?domain=ANNUAIRE").text)

    def test_one_out_of_its_time_is_for_those_who_write(self, client, login, writer, now):
        news = published(now + timedelta(days=1))

        assert client.get(news.get_absolute_url()).status_code == 404
        assert "Non publiée" in plain(login(writer).get(news.get_absolute_url()).text)

    def test_three_cards_stand_on_organisation(self, client, db, now):
        for number in range(5):
            published(now - timedelta(days=number), title=f"Nouvelle {number}")

        text = plain(client.get("/organisation/").text)

        assert [f"Nouvelle {number}" in text for number in range(5)] == [True, True, True, False, False]
        assert "Voir toutes les actualités" in text

    def test_a_feed_follows_them(self, client, db, now):
        news = published(now, title="Une & deux")

        answer = client.get(f"{URL}flux/")

        assert answer["Content-Type"].startswith("application/atom+xml")
        assert "Une &amp; deux" in answer.text
        assert f"urn:uuid:{news.public_id}" in answer.text


class TestWriting:
    def test_shows_it_before_it_is_published(self, login, writer, typed):
        client = login(writer)

        preview = client.post(f"{URL}ecrire/", typed | {"action": "apercu"})
        assert "<strong>gras</strong>" in preview.text
        assert not News.objects.exists()
        done = client.post(f"{URL}ecrire/", typed, follow=True)

        assert "L’envoi des données pour « Écrire une actualité »" in plain(done.text)
        assert "<strong>gras</strong>" in done.text

    def test_changes_one(self, login, writer, typed, now):
        news = published(now)

        login(writer).post(f"{news.get_absolute_url()}modifier/", typed)

        news.refresh_from_db()
        assert (news.title, news.changed_at) == ("Une nouveauté", now)

    def test_an_end_before_the_start_is_refused(self, login, writer, typed):
        page = login(writer).post(f"{URL}ecrire/", typed | {"published_until": "2020-01-01T00:00:00"})

        assert "postérieure à son début" in plain(error_of(page, "published_until"))

    @pytest.mark.parametrize("name", ["stranger", "gp", "auditeur"])
    def test_is_for_operators_of_the_support(self, login, world, name, typed, now):
        person = make_staff(name) if name == "auditeur" else world.person(name)

        assert login(person).get(f"{URL}ecrire/").status_code == 403
        assert "Écrire une actualité" not in plain(login(person).get(URL).text)
        with pytest.raises(NewsRefused):
            write_news(news=None, by=person, at=now, title="X", summary="X", text="X", published_from=now)


class TestMarkdown:
    @pytest.mark.parametrize(
        ("text", "html"),
        [
            ("# Titre\n\nDu **gras**", "<h3>Titre</h3>\n<p>Du <strong>gras</strong></p>"),
            ("- un\n- deux", "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("[ici](javascript:alert(1))", "[ici](javascript:alert(1))"),
            ("![image](https://example.org/a.png)", "!<a"),
        ],
    )
    def test_keeps_a_safe_subset(self, text, html):
        assert html in rendered(text)

    @given(st.text(max_size=200))
    def test_gives_no_other_element_whatever_is_written(self, text):
        allowed = {"a", "blockquote", "code", "em", "h3", "h4", "hr", "li", "ol", "p", "strong", "ul", "br"}

        assert set(re.findall(r"</?([a-z0-9]+)", rendered(text))) <= allowed
