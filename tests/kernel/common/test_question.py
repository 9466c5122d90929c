"""A question: a page first, which `{% ask %}` shows in a dialog (seen on the page of components)."""

import pytest

from tests.support.htmx import HtmxPage, same
from tests.support.pages import by_id, elements, error_of, plain, summary_of, text_of, tree

SHOWN_ON, URL = "/composants/", "/composants/question/"
TYPED = {"reason_code": "INCONNU", "reason_text": ""}
DONE = "La demande est refusée"


@pytest.fixture
def page(client, db):
    """The page of components, and htmx in it."""
    return HtmxPage(client, client.get(SHOWN_ON))


@pytest.fixture
def asked(page):
    """The same, once its question is asked."""
    page.trigger(page.find("a", **{"hx-get": URL}))
    return page


def question_form(page):
    return page.find("form", **{"hx-post": URL})


def test_it_is_a_page_that_says_what_will_be_done_and_asks(client, db):
    page = client.get(URL)

    assert text_of(by_id(page, "question-titre")) == "Refuser la demande de Thomas Lefèvre"
    assert "reçoit le motif par courriel" in plain(text_of(by_id(page, "question-texte")))
    [form] = elements(by_id(page, "question"), "form")
    assert (dict(form.attributes)["action"], dict(form.attributes)["method"]) == (URL, "post")
    [cancel] = elements(form, "a")
    assert (text_of(cancel), dict(cancel.attributes)["href"]) == ("Annuler", SHOWN_ON)
    assert [text_of(button) for button in elements(form, "button", **{"class": "btn btn--bad"})] == [
        "Refuser la demande"
    ]
    [crumbs] = elements(tree(page), "nav", **{"class": "crumbs"})
    assert text_of(crumbs) == "Accueil Composants Refuser la demande"
    title = "Refuser la demande de Thomas Lefèvre – Composants – Chorus Organisation"
    assert plain(page.text).count(f"<title>{title}</title>") == 1


def test_a_mistake_is_the_same_page_with_a_summary(client, db):
    page = client.post(URL, {"reason_text": "<b>Non</b>"})

    assert page.status_code == 422
    assert "<b>Non" not in page.text
    assert "&lt;b&gt;Non" in page.text
    assert error_of(page, "reason_code")
    assert len(summary_of(page)) == 1
    assert "<title>Erreur : Refuser la demande" in plain(page.text)


def test_once_done_the_page_one_came_from_says_it(client, db):
    answer = client.post(URL, TYPED, follow=True)

    assert answer.redirect_chain == [(SHOWN_ON, 302)]
    assert DONE in text_of(by_id(answer, "messages"))


class TestInTheDialog:
    def test_the_link_is_one_to_the_page_without_javascript(self, page):
        link = page.find("a", **{"hx-get": URL})

        assert dict(link.attributes)["href"] == URL

    def test_it_shows_the_page_itself_and_changes_nothing_around(self, client, asked):
        assert same(asked, client.get(URL), part="question")
        assert same(asked, client.get(SHOWN_ON), but=["dialogue"])
        assert asked.by_id("dialogue").children == [asked.by_id("question")]

    def test_its_title_names_the_dialog_and_its_text_describes_it(self, asked):
        dialog = dict(asked.by_id("dialogue").attributes)

        assert text_of(asked.by_id(dialog["aria-labelledby"])) == "Refuser la demande de Thomas Lefèvre"
        assert "par courriel" in text_of(asked.by_id(dialog["aria-describedby"]))

    def test_a_mistake_stays_in_it(self, client, asked):
        answer = asked.trigger(question_form(asked))

        assert answer.status_code == 422
        assert same(asked, client.post(URL, {"reason_text": ""}), part="question")
        assert same(asked, client.get(SHOWN_ON), but=["dialogue"])

    def test_once_done_the_page_one_came_from_says_it(self, asked):
        asked.fill(**TYPED)
        asked.trigger(question_form(asked))

        assert asked.url == SHOWN_ON
        assert DONE in text_of(asked.by_id("messages"))
        assert asked.by_id("dialogue").children == []
