"""Whatever an address carries, and whatever body is sent to it, the answer is never a 500, and nothing is written."""

import json

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.support.factories import PASSWORD
from tests.support.operators import make_staff
from tests.support.pages import plain
from tests.support.queries import writes
from tests.support.table import FORMS, PAGES
from users.models import Notice

PARAMETERS = (
    *("q", "p", "o", "e", "next", "apres", "avant", "structure", "status", "kind", "choisir", "public", "tri", "page"),
    *("id__exact", "sector__exact", "state__exact", "etat", "kind__exact", "_changelist_filters", "_popup"),
)
VALUES = [
    "\x00",
    "a\x00b",
    "9" * 400,
    "-" + "9" * 400,
    "１２",
    "%",
    "x" * 3000,
    "\udcff",
    "1e400",
    "2026-13-45",
    "{}",
    "'",
]
PATTERNS = (
    "/admin/users/user/{}/change/",
    "/comptes/2fa/webauthn/keys/{}/remove/",
    "/comptes/sessions/{}/fermer/",
    "/comptes/activation/{}/",
    "/organisation/structures/{}/",
    "/organisation/structures/services/{}/",
    "/mon-compte/{}/",
    "/domaines/{}/",
)
ACTORS = ("gp", "superuser", "administrateur")


@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value[:10]))
@pytest.mark.parametrize("actor", ACTORS)
def test_no_parameter_makes_a_500(login, world, actor, value):
    person = make_staff(actor) if actor == "administrateur" else world.person(actor)
    session = login(person).cookies
    broken = {}

    for page in PAGES.values():
        client = Client(raise_request_exception=False)
        client.cookies, url = session, page.url(world)
        with transaction.atomic():
            answer = client.get(url, dict.fromkeys(PARAMETERS, value.encode("utf-8", "surrogatepass")))
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            broken[page.name] = answer.status_code

    assert not broken


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_no_filter_of_the_admin_makes_a_500(login, world, model):
    """One by one: a wrong one may hide the others."""
    client = login(world.person("superuser"))
    client.raise_request_exception = False
    options, of_admin = model._meta, admin.site._registry[model]
    url = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    names = [each if isinstance(each, str) else each.parameter_name for each in of_admin.get_list_filter(None)]
    looks = ("", "__exact", "__gte", "__lt", "__isnull", "__in", "__id__exact", "__contains", "__regex")
    asked = [f"{name}{look}" for name in {*names, "pk", "id"} for look in looks] + [
        "q",
        "p",
        "o",
        "e",
        "all",
        "_popup",
    ]

    broken = [
        (name, value)
        for name in asked
        for value in VALUES
        if client.get(url, {name: value.encode("utf-8", "surrogatepass")}).status_code >= 500
    ]

    assert not broken


@pytest.mark.parametrize("actor", ACTORS)
def test_a_thousand_parameters_are_too_many_for_every_address(login, world, actor):
    person = make_staff(actor) if actor == "administrateur" else world.person(actor)
    client = login(person)

    answers = {
        page.name: client.get(page.url(world) + "?" + "&".join(f"p{n}=1" for n in range(1001)))
        for page in PAGES.values()
    }

    assert {answer.status_code for answer in answers.values()} == {400}
    assert all("Votre demande n’a pas pu être lue" in plain(answer.text) for answer in answers.values())


@pytest.mark.parametrize("argument", ["9" * 400, "0", "%00", "-1", "a%00"])
def test_no_argument_makes_a_500(login, world, argument):
    client = login(world.person("superuser"))
    client.raise_request_exception = False
    patterns = [
        "/admin/users/user/{}/change/",
        "/comptes/2fa/webauthn/keys/{}/remove/",
        "/comptes/sessions/{}/fermer/",
    ]
    patterns += ["/organisation/structures/{}/", "/mon-compte/{}/", "/domaines/{}/", "/comptes/activation/{}/"]

    assert all(client.get(pattern.format(argument)).status_code < 500 for pattern in patterns)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", json.dumps({"notices": []})),
        ("text/plain", "notices=1"),
        ("application/xml", "<a/>"),
        ("", ""),
        ("application/octet-stream", b"\x00\xff"),
    ],
)
def test_a_body_that_is_not_a_form_s_is_refused_before_any_form(login, world, content_type, body):
    gp = world.person("gp")
    gp.notices = Notice.values
    gp.save()
    client = login(gp)
    pages = [*FORMS.values(), PAGES["account_detail"], PAGES["admin:users_user_changelist"]]
    urls = [page.url(world) for page in pages]

    with CaptureQueriesContext(connection) as queries:
        answers = [client.generic("POST", url, body, content_type=content_type) for url in urls]

    gp.refresh_from_db()
    assert {answer.status_code for answer in answers} == {415}
    assert all("Ce site lit ce qu’envoient ses formulaires" in plain(answer.text) for answer in answers)
    assert gp.notices == Notice.values
    assert writes(queries) == []


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_an_empty_body_is_that_of_no_form(login, world, content_type):
    gp = world.person("gp")
    gp.notices = Notice.values
    gp.save()

    answer = login(gp).generic("POST", "/mon-compte/notifications/", "", content_type=content_type)

    gp.refresh_from_db()
    assert (answer.status_code, gp.notices) == (415, Notice.values)


@pytest.mark.parametrize("where", ["http://[", "//[x", "http://a]b/", "\\\\x", "javascript:alert(1)"])
@pytest.mark.parametrize("path", ["/comptes/login/", "/comptes/logout/", "/comptes/reauthenticate/", "/mon-compte/"])
@pytest.mark.parametrize("actor", ["anonymous", "gp"])
def test_what_is_no_address_leads_nowhere(login, world, actor, path, where):
    client = login(world.person(actor))
    client.raise_request_exception = False

    answers = [
        client.get(path, {"next": where}),
        client.get(path, headers={"HX-Request": "true", "HX-Current-URL": where}),
        client.post(path, {"next": where, "login": "x@example.org", "password": PASSWORD}),
    ]

    assert all(answer.status_code < 500 for answer in answers)
    assert not any(answer.headers.get("Location", "").startswith(where) for answer in answers)


def test_the_admin_looks_for_a_row_by_its_key_alone(login, world):
    client = login(world.person("superuser"))
    client.raise_request_exception = False

    for page in ("change", "delete"):
        url = reverse(f"admin:structures_structure_{page}", args=[world.structure.pk])
        for field in ("", "identifier", "x"):
            assert client.post(url, {"_to_field": field, "a": "1"}).status_code < 500
            assert client.get(url, {"_to_field": field}).status_code < 500


def test_a_cookie_that_no_text_can_hold_is_none(client, db):
    client.raise_request_exception = False
    for name in ("sessionid", "csrftoken", "device", "public"):
        client.cookies[name] = "abcdefgh\x00"

    assert client.get("/mon-compte/").status_code == 302
    assert client.get("/").status_code == 200
