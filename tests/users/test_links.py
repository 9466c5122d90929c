"""Links of mails: they act on their own account, in nobody else's session (security, 6.4.1)."""

import pytest

from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages import plain
from users.models import AccountState, LinkPurpose, User
from users.operations.links import Digest, issue_link

SECRET = "tulipe orage violon caillou"
RESET, NEW = "/comptes/password/reset/", "/comptes/password/reset/nouveau/"
PAGES = {
    LinkPurpose.ACTIVATION: ("/comptes/activation/", AccountState.A_ACTIVER),
    LinkPurpose.PASSWORD: (RESET, AccountState.ACTIF),
    LinkPurpose.CONTACT: ("/mon-compte/contact/", AccountState.ACTIF),
    LinkPurpose.RETURN: ("/comptes/retour/", AccountState.DESACTIVE),
}


@pytest.fixture
def claire(db):
    return UserFactory(email="claire@example.org")


def log_in(client, person):
    client.post("/comptes/login/", {"login": person.email, "password": PASSWORD})
    return client


def typed(**more):
    return {"password1": SECRET, "password2": SECRET, **more}


@pytest.mark.parametrize("purpose", PAGES)
def test_a_link_does_nothing_in_the_session_of_somebody_else(client, claire, now, purpose):
    link, state = PAGES[purpose]
    owner = UserFactory(state=state, state_since=now, contact_email="autre@example.org")
    log_in(client, claire)
    sent = client.get(f"{link}{issue_link(user=owner, purpose=purpose, email=owner.contact_email, at=now)}/")

    answer = client.post(sent.headers["Location"], typed())

    assert answer.status_code == 409
    assert "Ce lien est celui d’un autre compte. Déconnectez-vous" in plain(answer.text)
    assert 'href="/comptes/logout/"' in answer.text
    after = User.objects.get(pk=owner.pk)
    assert (after.password, after.state, after.contact_confirmed_at) == (owner.password, owner.state, None)
    assert client.get("/mon-compte/").status_code == 200


@pytest.mark.parametrize("required", [True, False])
def test_a_reset_from_a_session_of_the_account_goes_on_to_the_login(client, claire, now, settings, required):
    log_in(client, claire)
    settings.SECOND_FACTOR_REQUIRED = required
    client.get(f"{RESET}{issue_link(user=claire, purpose=LinkPurpose.PASSWORD, at=now)}/")

    answer = client.post(NEW, typed())

    assert answer.headers["Location"] == ("/comptes/2fa/code/" if required else "/")
    assert client.get(answer.headers["Location"]).status_code == 200
    assert User.objects.get().check_password(SECRET)


def test_the_form_of_another_link_acts_on_nobody(client, claire, now):
    """Of two tabs, the session keeps the link that was opened last."""
    paul = UserFactory()
    for person in (claire, paul):
        client.get(f"{RESET}{issue_link(user=person, purpose=LinkPurpose.PASSWORD, at=now)}/")

    answer = client.post(NEW, typed(person=claire.public_id))

    assert answer.status_code == 422
    assert "Un autre lien a été ouvert" in plain(answer.text)
    assert not any(person.check_password(SECRET) for person in User.objects.all())
    assert f'value="{paul.public_id}"' in client.get(NEW).text
    assert client.post(NEW, typed(person=paul.public_id)).status_code == 302
    assert User.objects.get(pk=paul.pk).check_password(SECRET)


def test_a_session_keeps_which_link_it_is_and_not_its_key(client, claire, now):
    key = issue_link(user=claire, purpose=LinkPurpose.PASSWORD, at=now)

    client.get(f"{RESET}{key}/")

    assert key not in str(dict(client.session))
    assert client.get(NEW).status_code == 200


def test_the_hash_that_a_session_keeps_opens_nothing_in_an_address(client, claire, now):
    key = issue_link(user=claire, purpose=LinkPurpose.PASSWORD, at=now)

    client.get(f"{RESET}{Digest.of(key)}/")

    assert client.get(NEW).status_code == 410


def test_what_a_browser_held_before_a_login_does_not_follow_into_it(client, claire, now):
    """A link opened, a mailbox typed: perhaps by the person who used this browser before."""
    other = UserFactory(email="autre@example.org")
    client.get(f"{RESET}{issue_link(user=other, purpose=LinkPurpose.PASSWORD, at=now)}/")
    client.post("/comptes/activation/", {"email": "autre@example.org"})
    assert "link_PASSWORD" in client.session

    log_in(client, claire)

    held = dict(client.session)
    assert not [name for name in held if name.startswith("link_")]
    assert "autre@example.org" not in str(held)
    assert client.get("/mon-compte/").status_code == 200
