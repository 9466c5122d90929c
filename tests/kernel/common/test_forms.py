"""What every form of the portal does with an operation, and how a view answers."""

from typing import ClassVar

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse

from chorus_org.kernel.common.answers import form_page, sent
from chorus_org.kernel.common.forms import Block, Form, TextField
from chorus_org.kernel.common.refusals import Refusal
from tests.support.pages import plain


class TwoFields(Form):
    second = TextField(label="Second")
    first = TextField(label="Premier")
    outside = TextField(label="Hors des blocs")

    layout: ClassVar[tuple[Block, ...]] = (
        Block("un", "Un", "", ("first",)),
        Block("deux", "Deux", "", (("second",),)),
    )


TYPED = {"first": "a", "second": "b", "outside": "c"}


def refusing(field):
    def operation(**arguments):
        raise Refusal("Non, parce que.", field=field)

    return operation


class TestSubmit:
    def test_keeps_what_the_operation_made_of_the_values(self):
        form = TwoFields(TYPED)

        assert form.submit(dict, by="Claire") is True
        assert form.made == {**TYPED, "by": "Claire"}

    @pytest.mark.parametrize("made", [None, set(), 0, ""])
    def test_an_operation_that_makes_nothing_new_is_accepted_all_the_same(self, made):
        form = TwoFields(TYPED)

        assert form.submit(lambda **arguments: made) is True
        assert form.made == made
        assert not form.errors

    @pytest.mark.parametrize("data", [None, {**TYPED, "first": ""}])
    def test_calls_nothing_for_a_form_that_is_not_sent_or_not_valid(self, data):
        called = []

        assert TwoFields(data).submit(lambda **arguments: called.append(arguments)) is False
        assert called == []

    @pytest.mark.parametrize(("field", "place"), [("second", "second"), (None, "__all__"), ("unknown", "__all__")])
    def test_shows_a_refusal_at_the_field_it_speaks_of(self, field, place):
        form = TwoFields(TYPED)

        assert form.submit(refusing(field)) is False
        assert form.errors == {place: ["Non, parce que."]}
        assert not form.is_valid()

    def test_leaves_what_is_no_refusal_alone(self):
        with pytest.raises(ZeroDivisionError):
            TwoFields(TYPED).submit(lambda **arguments: 1 / 0)


def test_the_summary_follows_the_blocks_then_what_stands_in_none():
    form = TwoFields({})
    form.refuse(Refusal("Rien ne va."))

    lines = [line["field"] and line["field"].name for line in form.error_lines]

    assert lines == ["first", "second", "outside", None]


@pytest.mark.parametrize(("data", "status"), [(None, 200), (TYPED, 200), ({}, 422)])
def test_a_page_with_a_mistake_is_a_422(rf, monkeypatch, data, status):
    def render(request, template, context, *, status):
        assert (template, context) == ("page.html", {"form": form, "more": 1})
        return HttpResponse(status=status)

    monkeypatch.setattr("chorus_org.kernel.common.answers.render", render)
    form = TwoFields(data)

    assert form_page(rf.get("/"), "page.html", form, more=1).status_code == status


def test_what_was_sent_is_confirmed_where_one_is_led(rf):
    request = rf.post("/")
    request._messages = CookieStorage(request)

    answer = sent(request, "Créer un service", "/la-suite/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/la-suite/")
    [message] = request._messages
    assert plain(str(message)) == "L’envoi des données pour « Créer un service » a bien été effectuée"
