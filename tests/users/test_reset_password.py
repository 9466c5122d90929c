"""« Mot de passe oublié ? » (domain, 2.4): by the mailbox of the login address, and no other way."""

import re
from datetime import timedelta

import pytest

from chorus_org.kernel.journal.models import Event
from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages import summary_of
from users.models import AccountState, Session, User
from users.operations.login import LoginRefused, count_try

URL = "/comptes/password/reset/"
NEW = "/comptes/password/reset/nouveau/"
SECRET = "tulipe orage violon caillou"
KEY = re.compile(r"/comptes/password/reset/([\w-]{43})/")


@pytest.fixture
def person(db):
    return UserFactory(email="claire@example.org", contact_email="contact@example.org", first_name="Claire")


@pytest.fixture
def key(client, person, mails):
    client.post(URL, {"email": person.email})
    mails.run()
    [mail] = mails.to(person.email)
    return KEY.search(mails.texts[mail.pk]).group(1)


def choose(client, key, password=SECRET):
    client.get(f"{URL}{key}/")
    return client.post(NEW, {"password1": password, "password2": password})


def test_the_link_goes_to_the_login_address_only(client, person, mails):
    answer = client.post(URL, {"email": " Claire@Example.org "})
    mails.run()

    assert answer.headers["Location"] == "/comptes/password/reset/envoye/"
    assert [mail.recipient for mail in mails] == ["claire@example.org"]
    assert "60 minutes" in client.get(answer.headers["Location"]).text


@pytest.mark.parametrize("typed", ["", "claire", "é@example.org"])
def test_what_is_no_address_is_refused_in_words(client, db, typed):
    answer = client.post(URL, {"email": typed})

    assert answer.status_code == 422
    assert summary_of(answer)


def test_the_new_password_is_the_only_one_and_its_owner_is_told(client, person, key, mails):
    answer = choose(client, key)

    person.refresh_from_db()
    assert answer.headers["Location"] == "/"
    assert person.check_password(SECRET)
    assert not person.check_password(PASSWORD)
    assert mails.to(person.email)[-1].kind == "users/password_changed"
    assert Event.objects.filter(kind="password.changed", subject_id=person.public_id).count() == 1


def test_every_session_ends(client, person, key):
    other = type(client)()
    other.force_login(person)
    session = Session.objects.get(user=person)

    choose(client, key)

    assert not Session.objects.filter(pk=session.pk).exists()
    assert other.get("/organisation/structures/").status_code == 302


def test_the_lock_opens_for_the_owner(client, person, key, now):
    for _ in range(5):
        count_try(email=person.email, address="127.0.0.1", at=now)
    with pytest.raises(LoginRefused):
        count_try(email=person.email, address="127.0.0.1", at=now)

    choose(client, key)

    count_try(email=person.email, address="127.0.0.1", at=now)


def test_the_link_serves_once(client, key):
    choose(client, key)
    client.logout()

    assert choose(client, key, PASSWORD).status_code == 410


def test_the_link_lapses_after_sixty_minutes(client, key, clock):
    clock.shift(timedelta(minutes=60))

    assert choose(client, key).status_code == 410


def test_the_link_dies_with_the_account(client, person, key):
    User.objects.filter(pk=person.pk).update(state=AccountState.SUSPENDU)

    answer = choose(client, key)

    assert answer.status_code == 422
    assert "a expiré" in answer.text


def test_a_weak_password_leaves_the_link_alive(client, person, key):
    assert choose(client, key, "Bonjour2026!!").status_code == 422
    assert choose(client, key).status_code == 302
