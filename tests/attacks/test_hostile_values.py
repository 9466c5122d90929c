"""Whatever is sent to a form, the answer is a page in French: never a 500, never what was typed as markup."""

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.forms import CharField
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chorus_org.kernel.common.forms import TextField
from services.models import Service
from tests.support.client import StrictClient
from tests.support.pages import error_of, plain
from tests.support.queries import writes
from tests.support.table import FORMS

NEVER_TYPED = ["next", "choisir"]
PAYLOAD = '"><script>alert(1)</script>'
UNREADABLE = "Ce texte contient un caractère illisible, souvent venu d’un copier-coller. Retapez-le."
NASTY = st.sampled_from(
    [
        "\x00",
        "'; DROP TABLE users_user; --",
        "<script>alert(1)</script>",
        "\u202e",
        "％",
        "٣",
        "İ",
        "2026-13-45T99:99:99",
        "9999-12-31T23:59:59+14:00",
        "0000-00-00",
        "-1",
        "1e400",
        "%s%n%x",
        "{0.__class__}",
        "../../etc/passwd",
        "x" * 5000,
    ]
)
VALUES = st.one_of(NASTY, st.text(max_size=300), st.datetimes().map(str), st.uuids().map(str))


@pytest.fixture(params=FORMS)
def form(request, world):
    return Target(request.param, world)


class Target:
    """A form of `FORMS`, with what a browser sends when all is right, and who sends it."""

    def __init__(self, name, world):
        page = FORMS[name]
        self.url, self.typed, self.person = page.url(world), page.typed(world), world.person(page.typed_by)
        fields = self.client().get(self.url).context["form"].fields
        self.texts = [name for name, field in fields.items() if isinstance(field, CharField) and not field.disabled]
        self.plain_texts = [name for name in self.texts if isinstance(fields[name], TextField)]

    def client(self, **options):
        client = StrictClient(**options)
        if self.person.is_authenticated:
            client.force_login(self.person)
        return client

    def post(self, typed, **options):
        return self.client().post(self.url, {**self.typed, **typed}, **options)


def test_no_value_breaks_a_form(world, form):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(st.sampled_from([*form.typed, *NEVER_TYPED]), st.lists(VALUES, min_size=1, max_size=2)))
    @example({"active_from": ["0001-01-01T00:00:00"], "active_until": ["9999-12-31T23:59:59"]})
    def submit(values):
        answer = form.client().post(form.url, values)
        assert answer.status_code in {200, 302, 400, 422, 429}
        assert "<script>alert" not in answer.text

    submit()

    made = Service.objects.exclude(pk__in=[world.service.pk, world.other_service.pk])
    assert all(service.code.isascii() for service in made)


def test_a_missing_token_is_refused_in_french_and_nothing_is_written(form):
    client = form.client(enforce_csrf_checks=True)

    with CaptureQueriesContext(connection) as queries:
        answer = client.post(form.url, form.typed)

    assert answer.status_code == 403
    assert "rechargez-la et recommencez" in answer.text
    assert writes(queries) == []


def test_what_was_typed_is_escaped_where_it_is_shown_again(form):
    refused = form.post(dict.fromkeys(form.texts, PAYLOAD))
    others = [form.post({name: PAYLOAD}, follow=True) for name in form.texts]

    assert refused.status_code == 422
    assert "&lt;script&gt;alert" in refused.text
    for answer in (refused, *others):
        assert "<script>alert" not in answer.text


def test_ten_megabytes_are_a_page_in_french(form):
    answer = form.post({form.texts[-1]: "x" * 10_000_000})

    assert answer.status_code == 400
    assert "Votre demande n’a pas pu être lue" in plain(answer.text)


@pytest.mark.parametrize("text", ["Service\x00", "\u202eecivreS"])
def test_what_nobody_types_is_refused_at_each_text(form, text):
    answer = form.post(dict.fromkeys(form.plain_texts, text))

    assert [error_of(answer, name) for name in form.plain_texts] == [UNREADABLE] * len(form.plain_texts)


def test_another_character_set_is_refused(form):
    latin = urlencode({**form.typed, **dict.fromkeys(form.texts, "été")}, encoding="latin-1")

    undeclared = form.client().post(form.url, latin, content_type="application/x-www-form-urlencoded")
    declared = form.client().post(
        form.url, latin, content_type="application/x-www-form-urlencoded; charset=iso-8859-1"
    )

    assert undeclared.status_code == 422
    assert all(error_of(undeclared, name) == UNREADABLE for name in form.plain_texts)
    assert declared.status_code == 400
    assert "Votre demande n’a pas pu être lue" in plain(declared.text)
