"""The helper that stands for htmx in the tests does what htmx does, case by case."""

import json

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django_htmx.http import HttpResponseClientRedirect, reselect, reswap, retarget

from tests.support.htmx import HtmxPage, same
from tests.support.pages import text_of

CONFIG = json.dumps(
    [
        {"code": "204", "swap": False},
        {"code": "[23]..|409", "swap": True},
        {"code": "[45]..", "swap": False},
    ]
)
PAGE = """<!doctype html><html><head><title>Avant</title>
<meta name="htmx-config" content='{"responseHandling":%s}'></head>
<body><p id="side">before</p><p id="part">before</p>%s</body></html>"""
FRESH = (
    "<html><head><title>Après</title></head><body><p id='side'>after</p><p id='part'><b>after</b></p></body></html>"
)


def heard(request):
    """A page whose part says what the server was asked."""
    sent = {**request.GET.dict(), **request.POST.dict()}
    names = ("HX-Request", "HX-Target", "HX-Trigger", "HX-Trigger-Name", "HX-Current-URL")
    headers = {name: request.headers[name] for name in names if name in request.headers}
    return HttpResponse(f"<p id='part'>{request.method} {json.dumps(sent, sort_keys=True)} {json.dumps(headers)}</p>")


def moved(request):
    return reswap(reselect(retarget(HttpResponse(FRESH), "#side"), "#side"), "outerHTML")


ANSWERS = {
    "fresh": lambda request: HttpResponse(FRESH),
    "heard": heard,
    "nothing": lambda request: HttpResponse(status=204),
    "conflict": lambda request: HttpResponse(FRESH, status=409),
    "forbidden": lambda request: HttpResponse(FRESH, status=403),
    "oob": lambda request: HttpResponse(FRESH.replace("<p id='side'", "<p id='side' hx-swap-oob='true'")),
    "oob inside": lambda request: HttpResponse(FRESH.replace("<p id='side'", "<p id='side' hx-swap-oob='innerHTML'")),
    "oob nowhere": lambda request: HttpResponse(FRESH.replace("<p id='side'", "<p id='x' hx-swap-oob='true'")),
    "moved": moved,
    "away": lambda request: HttpResponseClientRedirect("/fresh/"),
}


@login_not_required
def answer(request, name):
    return ANSWERS[name](request)


@login_not_required
def before(request):
    return HttpResponse(PAGE % (CONFIG, request.POST["markup"]))


urlpatterns = [path("before/", before), path("<str:name>/", answer)]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture
def client():
    """Not the strict one: these pages are made to be wrong."""
    return Client()


@pytest.fixture
def having(client):
    """The page before, with this markup in it."""
    return lambda markup: HtmxPage(client, client.post("/before/", {"markup": markup}))


def shown(page, part):
    return text_of(page.by_id(part))


def asks(url="/fresh/", **attributes):
    held = {"hx-get": url, "hx-target": "#part", "hx-select": "#part"} | {
        name.replace("_", "-"): value for name, value in attributes.items()
    }
    return "<a id='link' " + " ".join(f"{name}='{value}'" for name, value in held.items() if value) + ">Lien</a>"


class TestSwapping:
    def test_inside_unless_told_otherwise(self, having):
        page = having(asks(hx_target="#side"))
        page.by_id("part").attributes = []
        page.trigger("link")

        assert page.by_id("side").children == [page.by_id("part")]

    def test_the_element_itself(self, having):
        page = having(asks(hx_swap="outerHTML"))
        answer = page.trigger("link")

        assert answer.status_code == 200
        assert str(page.by_id("part")) == '<p id="part">\n<b>\nafter\n</b>\n</p>'
        assert shown(page, "side") == "before"
        assert page.by_id("link")
        assert page.title == "Après"

    def test_what_goes_into_a_dialog_leaves_the_title(self, having):
        page = having(asks(hx_target="#dialog") + "<dialog id='dialog'></dialog>")
        page.by_id("part").attributes = []
        page.trigger("link")

        assert (page.title, shown(page, "dialog")) == ("Avant", "after")

    def test_without_a_target_it_is_the_element_that_asks(self, having):
        page = having(asks(hx_target="", hx_swap="outerHTML"))
        with pytest.raises(AssertionError, match="twice"):
            page.trigger("link")

    def test_nothing_is_taken_over_from_an_element_around(self, having):
        page = having("<div hx-target='#part' hx-select='#part'><a id='link' hx-get='/heard/'>Lien</a></div>")
        page.by_id("part").attributes = []
        page.trigger("link")

        assert '"HX-Target": "link"' in shown(page, "link")

    def test_a_target_that_is_not_there_is_told(self, having):
        with pytest.raises(AssertionError, match="nowhere"):
            having(asks(hx_target="#nowhere")).trigger("link")

    def test_a_part_that_the_answer_lacks_is_told(self, having):
        with pytest.raises(AssertionError, match="#nowhere"):
            having(asks(hx_select="#nowhere")).trigger("link")

    def test_a_way_to_swap_or_select_that_is_not_ours_is_told(self, having):
        with pytest.raises(AssertionError, match="beforeend"):
            having(asks(hx_swap="beforeend")).trigger("link")
        with pytest.raises(AssertionError, match=".part"):
            having(asks(hx_select=".part")).trigger("link")

    def test_what_sends_nothing_is_told(self, having):
        with pytest.raises(AssertionError, match="hx-get"):
            having("<a id='link' href='/fresh/'>Lien</a>").trigger("link")


class TestOutOfBand:
    def test_parts_that_the_element_names(self, having):
        page = having(asks(hx_swap="outerHTML", hx_select_oob="#side, #absent"))
        page.trigger("link")

        assert (shown(page, "side"), shown(page, "part")) == ("after", "after")

    @pytest.mark.parametrize("name", ["oob", "oob inside"])
    def test_parts_that_the_answer_marks(self, having, name):
        page = having(asks(f"/{name}/", hx_swap="outerHTML"))
        page.trigger("link")

        assert str(page.by_id("side")) == '<p id="side">\nafter\n</p>'

    def test_a_part_that_the_page_lacks_is_told(self, having):
        with pytest.raises(AssertionError, match="#x"):
            having(asks("/oob nowhere/")).trigger("link")

    def test_nothing_when_the_answer_takes_another_place(self, having):
        """As `app.js` says it: else the part would be missing in what comes instead."""
        page = having(asks("/moved/", hx_select_oob="#part"))
        page.trigger("link")

        assert (shown(page, "side"), shown(page, "part")) == ("after", "before")


class TestAnswers:
    @pytest.mark.parametrize("name", ["nothing", "forbidden"])
    def test_some_change_nothing(self, having, name):
        page = having(asks(f"/{name}/", hx_swap="outerHTML"))
        page.trigger("link")

        assert (shown(page, "part"), page.title) == ("before", "Avant")

    def test_a_conflict_is_swapped(self, having):
        page = having(asks("/conflict/", hx_swap="outerHTML"))

        assert page.trigger("link").status_code == 409
        assert shown(page, "part") == "after"

    def test_a_redirection_of_htmx_leads_the_whole_page_away(self, having, client):
        page = having(asks("/away/"))
        page.trigger("link")

        assert page.url == "/fresh/"
        assert same(page, client.get("/fresh/"))


class TestRequests:
    def test_says_what_htmx_says(self, having):
        page = having(asks("/heard/", name="who", hx_swap="outerHTML"))
        page.trigger("link")

        assert shown(page, "part") == (
            'GET {} {"HX-Request": "true", "HX-Target": "part", "HX-Trigger": "link", "HX-Trigger-Name": "who", '
            '"HX-Current-URL": "http://testserver/before/"}'
        )

    FIELDS = """<input name="text" value="a"><input name="off" type="checkbox" value="1">
        <input name="on" type="checkbox" checked><input name="radio" type="radio" value="1">
        <input name="radio" type="radio" value="2" checked><input name="dead" value="x" disabled>
        <textarea name="area">b</textarea><select name="list"><option value="1"><option value="2" selected></select>
        <select name="first"><option value="1"><option value="2"></select>
        <input type="submit" name="push" value="x"><button name="press" value="x">Envoyer</button>"""
    VALUES = {"area": "b", "first": "1", "list": "2", "on": "on", "radio": "2", "text": "a"}

    def sent(self, having, markup, element="it", **typed):
        page = having(markup)
        page.fill(**typed)
        page.trigger(element)
        method, sent = shown(page, "part").split(" ", 1)
        return method, json.JSONDecoder().raw_decode(sent)[0]

    TO = 'id="it" hx-target="#part" hx-select="#part" hx-swap="outerHTML"'

    def test_a_form_sends_its_fields(self, having):
        markup = f'<form {self.TO} hx-post="/heard/">{self.FIELDS}</form>'
        assert self.sent(having, markup) == ("POST", self.VALUES)

    def test_a_form_that_gets_sends_them_too(self, having):
        markup = f'<form {self.TO} hx-get="/heard/">{self.FIELDS}</form>'
        assert self.sent(having, markup) == ("GET", self.VALUES)

    def test_a_field_that_posts_sends_the_form_around_it(self, having):
        markup = f'<form><input name="q" value="z" hx-post="/heard/" {self.TO}>{self.FIELDS}</form>'
        assert self.sent(having, markup) == ("POST", {**self.VALUES, "q": "z"})

    def test_a_field_that_gets_sends_itself_alone_unless_it_includes_the_rest(self, having):
        markup = f'<form id="f"><input name="q" value="z" hx-get="/heard/" {self.TO}>{self.FIELDS}</form>'
        assert self.sent(having, markup) == ("GET", {"q": "z"})
        for include in ("closest form", "#f"):
            with_it = markup.replace("hx-get", f'hx-include="{include}" hx-get')
            assert self.sent(having, with_it) == ("GET", {**self.VALUES, "q": "z"})

    def test_values_of_its_own_win(self, having):
        vals = """hx-vals='{"text": "mine", "more": "1"}'"""
        markup = f'<form {self.TO} {vals} hx-post="/heard/">{self.FIELDS}</form>'
        assert self.sent(having, markup) == ("POST", {**self.VALUES, "text": "mine", "more": "1"})

    def test_what_a_person_typed_is_sent(self, having):
        markup = f'<form {self.TO} hx-post="/heard/">{self.FIELDS}</form>'
        typed = {"text": "z", "off": True, "on": False, "radio": "1", "area": "y", "list": "1"}
        _, sent = self.sent(having, markup, **typed)
        assert sent == {"area": "y", "first": "1", "list": "1", "off": "1", "radio": "1", "text": "z"}

    def test_a_field_that_is_not_there_is_told(self, having):
        with pytest.raises(AssertionError, match="nowhere"):
            having(self.FIELDS).fill(nowhere="x")


class TestSame:
    TOKEN = '<form><input type="hidden" name="csrfmiddlewaretoken" value="{}"></form>'

    def test_a_token_is_nobodys_difference(self, having, client):
        page = having(self.TOKEN.format("a"))

        assert same(page, client.post("/before/", {"markup": self.TOKEN.format("b")}))

    @pytest.mark.parametrize("other", ["<p>autre</p>", '<p class="x">même</p>', ""])
    def test_anything_else_is_one(self, having, client, other):
        with pytest.raises(AssertionError):
            same(having("<p>même</p>"), client.post("/before/", {"markup": other}))

    def test_a_part_may_be_left_out(self, having, client):
        page = having("<p id='messages'>Fait</p>")

        assert same(page, client.post("/before/", {"markup": "<p id='messages'></p>"}), but=["messages"])
