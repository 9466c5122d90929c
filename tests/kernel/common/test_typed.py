"""What was typed survives the end of a session (RGAA, 13.1): `common.typed`, told on forms of the portal."""

import json
import re

import pytest
from django.test import Client

from chorus_org.kernel.common.middleware import KEPT_FOR_NOW
from services.models import Service
from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages import by_id, elements, plain, text_of, tree
from users.models import Notice, User

URL = "/organisation/structures/services/creer/"
NAME = "/mon-compte/nom/"
OVER = "Votre session avait pris fin. Voici ce que vous aviez saisi : vérifiez, puis envoyez."
OTHER_TAB = "Vous vous êtes reconnecté dans un autre onglet. Voici ce que vous aviez saisi : vérifiez, puis envoyez."
TOO_LONG = "Ce que vous aviez saisi était trop long pour être gardé : saisissez-le de nouveau."
STALE = "Cette page n’est plus à jour"
AN_HOUR = 3600


class Browser(Client):
    """A browser with its tokens; it sends a form as the page that it last saw shows it."""

    page = None

    def __init__(self):
        super().__init__(enforce_csrf_checks=True, raise_request_exception=True)

    def open(self, url, **more):
        self.page = self.get(url, **more)
        return self.page

    def hidden(self):
        inputs = [dict(each.attributes) for each in elements(tree(self.page), "input", type="hidden")]
        return {each["name"]: each.get("value", "") for each in inputs}

    def send(self, url, typed, *, headers=None, **more):
        return self.post(url, {**self.hidden(), **typed}, headers=headers, **more)

    def shown(self, name):
        """What stands in a field of the page: its text, or whether it is ticked."""
        [field] = [each for each in elements(tree(self.page)) if dict(each.attributes).get("name") == name]
        held = dict(field.attributes)
        if field.name == "textarea":
            return field.children[0].strip() if field.children else ""
        if field.name == "select":
            chosen = [each for each in elements(field, "option") if "selected" in dict(each.attributes)]
            return dict(chosen[0].attributes)["value"] if chosen else None
        return "checked" in held if held["type"] == "checkbox" else held.get("value", "")

    def said(self):
        return [text_of(each) for each in elements(by_id(self.page, "messages"), "strong")]


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def browser(gp):
    browser = Browser()
    browser.force_login(gp)
    return browser


@pytest.fixture
def typed(world):
    return {
        "structure": str(world.structure.public_id),
        "code": "fi sgpi",
        "label": "Service « financier » <b>",
        "description": "Deux lignes",
        "active_from": "2022-03-10T15:01:32",
        "active_until": "jamais",
        "engagement_required": "on",
    }


def log_in_again(browser, person):
    """In the form of the login, which a session that ended leads to."""
    browser.open("/comptes/login/")
    answer = browser.send("/comptes/login/", {"login": person.email, "password": PASSWORD, "next": URL})
    assert answer.status_code == 302


class TestASessionThatEnded:
    def test_leads_to_the_login_which_says_that_it_waits(self, browser, typed, clock):
        browser.open(URL)
        clock.shift(AN_HOUR)

        answer = browser.send(URL, typed, follow=True)

        assert answer.redirect_chain == [(f"/comptes/login/?next={URL}", 302)]
        assert plain(KEPT_FOR_NOW) in plain(answer.text)

    def test_gives_back_every_field_and_sends_nothing(self, browser, gp, typed, clock):
        browser.open(URL)
        clock.shift(AN_HOUR)
        browser.send(URL, typed)

        log_in_again(browser, gp)
        page = browser.open(URL)

        assert page.status_code == 200
        assert browser.said() == [OVER]
        assert {name: browser.shown(name) for name in typed} == typed | {"engagement_required": True}
        assert not Service.objects.filter(label=typed["label"]).exists()

    def test_a_box_that_was_unticked_stays_so(self, browser, gp, clock):
        gp.notices = [notice.value for notice in Notice]
        gp.save()
        url = "/mon-compte/notifications/"
        browser.open(url)
        clock.shift(AN_HOUR)
        browser.send(url, {"notices": [Notice.values[0]]})
        log_in_again(browser, gp)

        browser.open(url)

        boxes = [dict(each.attributes) for each in elements(tree(browser.page), "input", name="notices")]
        assert [box["value"] for box in boxes if "checked" in box] == [Notice.values[0]]

    def test_what_was_given_back_is_sent_by_who_checked_it(self, browser, gp, typed, clock):
        browser.open(URL)
        clock.shift(AN_HOUR)
        browser.send(URL, typed)
        log_in_again(browser, gp)
        browser.open(URL)

        answer = browser.send(URL, typed | {"code": "FI_SGPI", "active_until": ""})

        assert answer.status_code == 302
        assert Service.objects.filter(code="FI_SGPI").exists()
        browser.open(URL)
        assert (browser.shown("code"), browser.said()) == (
            "",
            ["L’envoi des données pour « Créer un service » a bien été effectuée"],
        )

    def test_stays_until_it_is_sent(self, browser, gp, typed, clock):
        browser.open(URL)
        clock.shift(AN_HOUR)
        browser.send(URL, typed)
        log_in_again(browser, gp)

        browser.open(URL)
        browser.open(URL)

        assert (browser.shown("code"), browser.said()) == ("fi sgpi", [OVER])

    def test_is_forgotten_after_half_an_hour(self, browser, gp, typed, clock):
        browser.open(URL)
        clock.shift(AN_HOUR)
        browser.send(URL, typed)
        log_in_again(browser, gp)

        clock.shift(1799)
        assert browser.open(URL) and browser.shown("code") == "fi sgpi"
        clock.shift(1)
        assert browser.open(URL) and browser.shown("code") == ""

    def test_only_the_last_form_is_kept(self, browser, gp, typed, clock):
        other = Browser()
        other.cookies = browser.cookies
        browser.open(URL)
        other.open(NAME)
        clock.shift(AN_HOUR)

        browser.send(URL, typed)
        other.send(NAME, {"last_name": "Nouveau-Nom"})

        log_in_again(browser, gp)
        browser.open(URL)
        assert browser.shown("code") == ""
        browser.open(NAME)
        assert browser.shown("last_name") == "Nouveau-Nom"

    def test_stands_at_the_address_of_its_form_alone(self, browser, gp, clock):
        browser.open(NAME)
        clock.shift(AN_HOUR)
        browser.send(NAME, {"last_name": "Nouveau-Nom"})
        log_in_again(browser, gp)

        browser.open("/mon-compte/prenom/")

        assert browser.said() == []
        assert "Nouveau-Nom" not in browser.page.text

    def test_by_htmx_leads_to_the_login_and_back_to_the_page_of_the_form(self, browser, gp, typed, clock):
        browser.open(URL)
        clock.shift(AN_HOUR)
        headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{URL}?structure=1"}

        answer = browser.send(URL, {**typed, "choisir": "1"}, headers=headers)

        assert (answer.status_code, answer.content) == (200, b"")
        assert (
            answer.headers["HX-Redirect"] == "/comptes/login/?next=%2Forganisation%2Fstructures%2Fservices%2Fcreer%2F"
        )
        log_in_again(browser, gp)
        browser.open(URL)
        assert browser.shown("label") == typed["label"]

    def test_follows_through_the_second_factor(self, browser, gp, typed, clock, settings, mails):
        settings.SECOND_FACTOR_REQUIRED = True
        browser.open(URL)
        clock.shift(AN_HOUR)
        browser.send(URL, typed)
        log_in_again(browser, gp)
        browser.open("/comptes/2fa/code/")
        [mail] = mails
        [code] = re.findall(r"^[0-9]{6}$", mail.text, re.MULTILINE)
        browser.send("/comptes/2fa/code/", {"code": code})
        browser.open(URL)

        assert browser.said()[-1] == OVER
        assert browser.shown("label") == typed["label"]


class TestAPageOlderThanALogin:
    def test_gives_back_what_was_typed(self, browser, gp, typed):
        browser.open(URL)
        before = browser.hidden()
        browser.logout()
        log_in_again(browser, gp)

        answer = browser.post(URL, {**before, **typed})

        assert (answer.status_code, answer.headers["Location"]) == (302, URL)
        browser.open(URL)
        assert browser.said() == [OTHER_TAB]
        assert browser.shown("label") == typed["label"]
        assert not Service.objects.filter(label=typed["label"]).exists()

    def test_by_htmx_too(self, browser, gp, typed):
        browser.open(URL)
        before = browser.hidden()
        browser.logout()
        log_in_again(browser, gp)

        answer = browser.post(URL, {**before, **typed}, headers={"HX-Request": "true"})

        assert answer.headers["HX-Redirect"] == URL

    def test_of_somebody_else_is_dropped(self, browser, typed):
        browser.open(URL)
        before = browser.hidden()
        browser.logout()
        other = UserFactory()
        log_in_again(browser, other)

        answer = browser.post(URL, {**before, **typed})

        assert answer.status_code == 403
        assert STALE in answer.text
        assert "typed" not in browser.session


class TestWhoGetsItBack:
    def test_another_person_sees_nothing_and_it_is_dropped(self, browser, gp, clock):
        other = UserFactory()
        browser.open(NAME)
        clock.shift(AN_HOUR)
        browser.send(NAME, {"last_name": "Nouveau-Nom"})

        log_in_again(browser, other)
        browser.open(NAME)

        assert (browser.shown("last_name"), browser.said()) == (other.last_name, [])
        assert "typed" not in browser.session

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://ailleurs.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
        ],
    )
    def test_nothing_is_kept_of_what_another_site_sends(self, browser, gp, typed, clock, headers):
        browser.open(URL)
        clock.shift(AN_HOUR)

        browser.send(URL, typed, headers=headers)

        assert "typed" not in browser.session

    def test_a_form_of_this_site_says_so(self, browser, typed, clock):
        browser.open(URL)
        clock.shift(AN_HOUR)

        browser.send(URL, typed, headers={"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"})

        assert browser.session["typed"]["path"] == URL

    @pytest.mark.parametrize("forged", ["", "x", "a:b:c"])
    def test_nothing_is_kept_without_the_mark_of_a_page(self, browser, typed, clock, forged):
        browser.open(URL)
        clock.shift(AN_HOUR)

        browser.send(URL, {**typed, "typed_by": forged})

        assert "typed" not in browser.session


class TestWhatIsKept:
    def test_no_more_than_64_kb_and_it_is_said(self, browser, gp, typed, clock):
        browser.open(URL)
        clock.shift(AN_HOUR)
        browser.send(URL, typed | {"description": "x" * 2**16})
        log_in_again(browser, gp)

        browser.open(URL)

        assert browser.said() == [f"Votre session avait pris fin. {TOO_LONG}"]
        assert browser.shown("label") == ""

    def test_neither_token_nor_what_the_form_does_not_name(self, browser, typed, clock):
        browser.open(URL)
        clock.shift(AN_HOUR)

        browser.send(URL, {**typed, "autre": "chose"})

        kept = browser.session["typed"]["fields"]
        assert kept.keys() == typed.keys()
        assert "csrf" not in json.dumps(browser.session["typed"])

    def test_never_a_password(self, browser, gp, clock):
        url = "/mon-compte/mot-de-passe/"
        browser.logout()
        log_in_again(browser, gp)
        browser.open(url)
        clock.shift(AN_HOUR)

        browser.send(url, {"current": PASSWORD, "password": "un nouveau mot de passe"})

        assert "typed" not in browser.session

    def test_a_visitor_page_has_no_mark(self, db):
        browser = Browser()

        browser.open("/comptes/signup/")

        assert "typed_by" not in browser.hidden()


def test_a_proof_asked_again_gives_back_what_was_typed(browser, gp, clock):
    url = "/mon-compte/adresse/"
    browser.logout()
    log_in_again(browser, gp)
    browser.open(url)
    assert browser.page.status_code == 200
    clock.shift(600)
    browser.send(url, {"email": "nouvelle@example.org"})

    browser.open(f"/comptes/reauthenticate/?next={url}")
    browser.send(f"/comptes/reauthenticate/?next={url}", {"password": PASSWORD})
    browser.open(url)

    assert browser.shown("email") == "nouvelle@example.org"
    assert User.objects.get(pk=gp.pk).email == gp.email
