"""How long a session lasts, said in time to who is there (RGAA, 13.1; security, 7.3.1)."""

from datetime import timedelta

import pytest

from tests.support.client import StrictClient
from tests.support.factories import PASSWORD, UserFactory

URL, PAGE = "/comptes/sessions/reste/", "/mon-compte/"
HALF_AN_HOUR, TWELVE_HOURS = 30 * 60, 12 * 60 * 60


@pytest.fixture
def inside(client, db):
    person = UserFactory()
    client.post("/comptes/login/", {"login": person.email, "password": PASSWORD})
    client.get(PAGE)
    return client


def left(client):
    answer = client.get(URL).json()
    return answer["left"], answer["stay"]


def test_a_session_just_used_lasts_half_an_hour(inside):
    assert left(inside) == (HALF_AN_HOUR, HALF_AN_HOUR)


def test_asking_prolongs_nothing(inside, clock):
    for minute in range(1, 30):
        clock.shift(60)
        assert left(inside) == (HALF_AN_HOUR - minute * 60, HALF_AN_HOUR)
    clock.shift(61)
    assert left(inside) == (0, 0)
    assert inside.get(PAGE).status_code == 302


def test_staying_prolongs(inside, clock):
    clock.shift(29 * 60)

    assert inside.post(URL).json() == {"left": HALF_AN_HOUR, "stay": HALF_AN_HOUR}
    clock.shift(29 * 60)
    assert inside.get(PAGE).status_code == 200


def test_nobody_stays_beyond_twelve_hours(inside, clock):
    for _ in range(28):
        clock.shift(timedelta(minutes=25))
        inside.post(URL)
    clock.shift(timedelta(minutes=15))

    assert inside.post(URL).json() == {"left": 5 * 60, "stay": 5 * 60}
    assert left(inside) == (5 * 60, 5 * 60)
    clock.shift(timedelta(minutes=5))
    assert left(inside) == (0, 0)


def test_without_a_session_nothing_is_left(db):
    assert left(StrictClient()) == (0, 0)
    assert StrictClient().post(URL).json() == {"left": 0, "stay": 0}


def test_a_question_reads_the_session_and_the_person(inside, django_assert_num_queries):
    with django_assert_num_queries(2 + 2):  # and a savepoint
        inside.get(URL)


def test_staying_needs_the_token_of_a_form(inside):
    strict = StrictClient(enforce_csrf_checks=True)
    strict.cookies = inside.cookies

    assert strict.post(URL).status_code == 403


@pytest.mark.parametrize(("page", "is_there"), [("/", True), (PAGE, True)])
def test_the_page_of_who_is_logged_in_watches(inside, page, is_there):
    assert 'id="fin-de-session"' in inside.get(page).text
    assert "js/session" in inside.get(page).text
    assert 'id="fin-de-session"' not in StrictClient().get("/").text
