"""« Mes sessions »: where one is logged in, closing from afar, and how long a session lasts."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chorus_org.kernel.journal.models import Event
from tests.support.client import StrictClient
from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages import elements, plain, text_of, tree
from tests.support.queries import count_queries
from users.login.sessions import device, open_sessions
from users.models import Session
from users.operations.sessions import end_sessions, purge_sessions

URL = "/comptes/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


@pytest.fixture
def person(db):
    return UserFactory(email="claire@example.org")


def log_in(person, user_agent=FIREFOX, address="192.0.2.1"):
    client = StrictClient(headers={"User-Agent": user_agent}, REMOTE_ADDR=address)
    client.post("/comptes/login/", {"login": person.email, "password": PASSWORD})
    return client


@pytest.fixture
def here(person):
    return log_in(person)


@pytest.fixture
def elsewhere(person, here):
    return log_in(person, IPHONE, "2001:db8::7")


def shown(client, person):
    """What the person is shown of that session."""
    return next(one for one in open_sessions(person, at=timezone.now()) if one.key == client.session.session_key)


def is_in(client):
    return client.get("/mon-compte/").status_code == 200


def test_the_list_shows_device_address_beginning_and_this_one(here, elsewhere, person):
    page = here.get(URL)

    rows = [text_of(row) for row in elements(tree(page), "tr")][1:]
    assert len(rows) == 2
    [this] = [row for row in rows if "Cette session" in row]
    [other] = [row for row in rows if "Cette session" not in row]
    assert all(words in this for words in ("Firefox sur Linux", "192.0.2.1", "25/11/2026 10:30"))
    assert all(words in other for words in ("Safari sur iPhone", "2001:db8::7", "Fermer"))


def test_one_person_never_sees_the_sessions_of_another(here, db):
    log_in(UserFactory(), IPHONE)

    assert "iPhone" not in here.get(URL).text


def test_one_session_is_closed(here, elsewhere, person):
    answer = here.post(f"{URL}{shown(elsewhere, person).id}/fermer/")

    assert answer.headers["Location"] == URL
    assert is_in(here)
    assert not is_in(elsewhere)
    assert "iPhone" not in here.get(URL).text
    event = Event.objects.get(kind="sessions.closed")
    assert (event.actor_id, event.details) == (person.public_id, {"count": 1})


def test_closing_this_one_is_leaving(here, person):
    assert here.post(f"{URL}{shown(here, person).id}/fermer/").headers["Location"] == "/"
    assert not is_in(here)


def test_all_others_are_closed_those_that_were_never_used_too(here, elsewhere, person):
    unused = StrictClient()
    unused.force_login(person)

    assert here.post(f"{URL}fermer/").headers["Location"] == URL

    assert is_in(here)
    assert not is_in(elsewhere)
    assert not is_in(unused)


@pytest.mark.parametrize("path", ["1/fermer/", f"{10**300}/fermer/", "-1/fermer/", "x/fermer/"])
def test_an_invented_session_is_not_found(here, path):
    assert here.post(URL + path).status_code == 404


def test_no_page_shows_the_key_of_a_session(here, elsewhere):
    page = here.get(URL).text

    assert here.session.session_key not in page
    assert elsewhere.session.session_key not in page


def test_the_session_of_another_person_is_not_found_and_stays(here, db):
    somebody = UserFactory(email="autre@example.org")
    other = log_in(somebody)

    assert here.post(f"{URL}{shown(other, somebody).id}/fermer/").status_code == 404
    assert is_in(other)


@pytest.mark.parametrize("path", ["1/fermer/", "fermer/"])
def test_reading_closes_nothing(here, path):
    assert here.get(URL + path).status_code == 405


class TestDuration:
    def test_it_ends_after_thirty_idle_minutes(self, here, clock):
        clock.shift(timedelta(minutes=29))
        assert is_in(here)
        clock.shift(timedelta(minutes=30))
        assert not is_in(here)

    def test_it_ends_twelve_hours_after_it_began_however_busy(self, here, clock):
        for _ in range(12 * 3 - 1):
            clock.shift(timedelta(minutes=20))
            assert is_in(here)
        clock.shift(timedelta(minutes=20))

        assert not is_in(here)

    def test_a_new_key_does_not_begin_it_again(self, here, person, clock):
        for _ in range(18):
            clock.shift(timedelta(minutes=20))
            here.get(URL)
        new = "bateau violet dans la brume"
        here.post("/mon-compte/mot-de-passe/", {"current_password": PASSWORD, "password1": new, "password2": new})
        for _ in range(17):
            clock.shift(timedelta(minutes=20))
            assert is_in(here)
        session = shown(here, person)
        assert session.begun_at == session.seen_at - timedelta(minutes=35 * 20)
        clock.shift(timedelta(minutes=20))

        assert not is_in(here)

    def test_it_is_written_at_most_once_in_five_minutes(self, here, clock):
        written = []
        for _ in range(3):
            clock.shift(timedelta(minutes=2))
            with CaptureQueriesContext(connection) as queries:
                here.get("/mon-compte/")
            written.append(any(query["sql"].startswith(("UPDATE", "INSERT")) for query in queries))

        assert written == [False, False, True]


def test_a_person_with_many_sessions_costs_no_more_queries(here, person):
    with_one = count_queries(here, URL)
    log_in(person, IPHONE)

    assert count_queries(here, URL) == with_one <= 5


def test_ending_every_session_leaves_none_to_list_and_those_of_others(here, elsewhere, person, now):
    other = log_in(UserFactory())
    end_sessions(user_id=person.pk)

    assert open_sessions(person, at=now) == []
    assert not is_in(here)
    assert is_in(other)


def test_a_session_that_lapsed_is_not_listed(here, elsewhere, clock):
    clock.shift(timedelta(minutes=29))
    here.get("/")
    clock.shift(timedelta(minutes=2))

    assert "iPhone" not in here.get(URL).text


def test_a_lapsed_session_is_forgotten(here, elsewhere, clock, now):
    clock.shift(timedelta(minutes=29))
    here.get("/")

    purge_sessions(at=now + timedelta(minutes=31))

    assert [session.pk for session in Session.objects.all()] == [here.session.session_key]
    assert is_in(here)


@pytest.mark.parametrize("user_agent", ["", "x" * 5000, "<script>alert(1)</script>"])
def test_a_forged_browser_is_only_unknown(person, user_agent):
    page = log_in(person, user_agent).get(URL)

    assert "Navigateur inconnu" in plain(page.text)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox sur Linux"),
        (IPHONE, "Safari sur iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140.0 Safari/537 Edg/140.0", "Edge sur Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/140.0 Mobile Safari/537", "Chrome sur Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) AppleWebKit/605 Version/18 Safari/605", "Safari sur macOS"),
        ("Firefox/140.0", "Firefox"),
        ("curl/8.5", "Navigateur inconnu"),
    ],
)
def test_a_device_is_named_in_plain_words(user_agent, words):
    assert device(user_agent) == words
