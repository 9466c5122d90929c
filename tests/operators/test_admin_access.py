"""Who enters the admin, what each role of operator reads there, and that nothing there can be written by hand."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chorus_org.kernel.common.admin import ReadOnlyAdmin
from chorus_org.kernel.journal.models import Event
from chorus_org.operators.roles import Role
from services.models import Service
from structures.models import Structure
from tests.support.client import StrictClient
from tests.support.factories import PASSWORD, UserFactory
from tests.support.mail import queue
from tests.support.operators import ACTORS, MODELS, READERS, actor_of, address, make_staff, rows
from tests.support.pages import by_id, elements, plain, text_of, tree
from tests.support.people import make_member
from tests.support.queries import writes
from users.models import AccountState, User

NAMES = [model.__name__ for model in MODELS]


@pytest.fixture(autouse=True)
def people(world):
    """At least one row of every model."""
    make_member(world.structure, world.service)
    make_member(world.structure)
    assert world.asked
    assert world.invited
    assert world.proposal
    assert world.published
    assert world.news
    assert world.ticket
    queue()


def of(name):
    return next(model for model in MODELS if model.__name__ == name)


def first(model):
    return model._default_manager.order_by("pk").first()


def expected(actor, name):
    """The status of a list or page for an actor who only looks."""
    if actor == "anonymous":
        return 302
    return 200 if actor in READERS or (actor == "support" and name != "Event") else 403


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("actor", ACTORS)
def test_who_reads_what(login, world, actor, name):
    client = login(actor_of(world, actor))
    model = of(name)

    answers = [client.get(address(model, "changelist")), client.get(address(model, "change", first(model).pk))]

    assert [answer.status_code for answer in answers] == [expected(actor, name)] * 2


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_titled_by_what_it_shows(login, name):
    model = of(name)

    answer = login(make_staff("administrateur")).get(address(model, "change", first(model).pk))

    [title] = elements(tree(answer), "title")
    [heading] = elements(by_id(answer, "content"), "h1")
    assert text_of(title).startswith(f"{text_of(heading)} | ")


@pytest.mark.parametrize(
    ("actor", "status"),
    [
        ("anonymous", 302),
        ("stranger", 403),
        ("gp", 403),
        ("operator", 200),
        ("support", 200),
        ("administrateur", 200),
        ("auditeur", 200),
        ("superuser", 200),
    ],
)
def test_who_enters(login, world, actor, status):
    answer = login(actor_of(world, actor)).get("/admin/")

    assert answer.status_code == status
    if status == 302:
        assert answer.headers["Location"] == "/comptes/login/?next=/admin/"
    if status == 403:
        assert "Cette partie du site est réservée aux exploitants de la plateforme." in plain(answer.text)
        assert "Exploitation" not in answer.text


@pytest.mark.parametrize("actor", [actor for actor in ACTORS if actor != "anonymous"])
def test_the_first_page_lists_what_one_may_read_and_no_more(login, world, actor):
    client = login(actor_of(world, actor))
    shown = client.get("/admin/").text

    listed = {name for name in NAMES if address(of(name), "changelist") in shown}

    assert listed == {name for name in NAMES if expected(actor, name) == 200}


def test_an_app_has_no_page_of_its_own(login, world):
    assert login(make_staff("support")).get("/admin/users/").headers["Location"] == "/admin/"


@pytest.mark.parametrize("actor", ACTORS)
def test_a_forged_form_writes_nothing(login, world, actor):
    client = login(actor_of(world, actor))
    targets = [(of(name), page) for name in NAMES for page in ("add", "change", "delete")]
    urls = [address(model, page, *([] if page == "add" else [first(model).pk])) for model, page in targets]
    before = rows(*MODELS)

    answers = [
        client.post(url, {"state": "SUSPENDU", "is_staff": "on", "post": "yes", "_save": "1"}).status_code
        for url in urls
    ]

    assert answers == [302 if actor == "anonymous" else 403] * len(urls)
    assert rows(*MODELS) == before


@pytest.mark.parametrize("name", NAMES)
def test_the_list_has_no_action_and_takes_no_form(login, world, name):
    model = of(name)
    client = login(world.person("superuser"))
    before = rows(*MODELS)

    answer = client.post(
        address(model, "changelist"),
        {
            "action": "delete_selected",
            "_selected_action": [str(first(model).pk)],
            "index": "0",
            "post": "yes",
            "_save": "1",
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "1",
        },
    )

    assert answer.status_code == 200
    assert "delete_selected" not in answer.text
    assert rows(*MODELS) == before


@pytest.mark.parametrize("actor", ["administrateur", "superuser"])
def test_looking_writes_nothing(login, world, actor):
    client = login(actor_of(world, actor))
    urls = ["/admin/", *(address(model, "changelist") for model in MODELS)]
    urls += [address(model, "change", first(model).pk) for model in MODELS]

    with CaptureQueriesContext(connection) as queries:
        statuses = {client.get(url).status_code for url in urls}

    assert statuses == {200}
    assert writes(queries) == []


def test_only_what_can_be_read_is_there():
    site = admin.site
    registered = {model for model in apps.get_models() if site.is_registered(model)}

    assert registered == set(MODELS)
    assert all(isinstance(site.get_model_admin(model), ReadOnlyAdmin) for model in registered)


def test_an_admin_that_may_save_is_not_taken():
    admin.site.register(Permission, admin.ModelAdmin)
    admin.site.register(Permission)

    assert not admin.site.is_registered(Permission)


def test_the_roles_are_what_was_decided(world):
    staff = {role: make_staff(role) for role in Role.values}
    held = {role: {name.split(".")[1] for name in person.get_all_permissions()} for role, person in staff.items()}
    everyone = {
        "view_user",
        "view_structure",
        "view_service",
        "view_mail",
        "view_attachment",
        "view_approvalrequest",
        "view_invitation",
        "view_proposal",
        "view_publishedfile",
        "view_news",
        "view_ticket",
        "view_structurehabilitation",
        "view_servicehabilitation",
    }

    writing = {"write_news", "answer_ticket", "publish_directory"}

    assert held == {
        "support": everyone | writing | {"suspend_user", "resend_mail"},
        "administrateur": everyone
        | writing
        | {"view_event", "suspend_user", "suspend_operator", "appoint_principal_manager", "resend_mail"},
        "auditeur": everyone | {"view_event"},
    }


class TestTheWayIn:
    def test_the_login_of_the_admin_is_the_portal_s(self, client, world):
        person = make_staff("support")

        asked = client.get("/admin/login/?next=/admin/users/user/")
        entered = client.post(asked.headers["Location"], {"login": person.email, "password": PASSWORD})

        assert asked.headers["Location"] == "/comptes/login/?next=%2Fadmin%2Fusers%2Fuser%2F"
        assert entered.headers["Location"] == "/admin/users/user/"

    def test_no_password_is_read_but_on_the_portal_s_page(self, login, client, world):
        victim, person = UserFactory(), make_staff("support")
        credentials = {"username": victim.email, "email": victim.email, "password": PASSWORD}

        visitor = client.post("/admin/login/", credentials)
        operator = login(person).post("/admin/login/", credentials)

        assert visitor.headers["Location"].startswith("/comptes/login/")
        assert operator.headers["Location"] == "/admin/"
        assert client.session["_auth_user_id"] == str(person.pk)

    def test_a_person_of_the_portal_is_told_whose_it_is(self, login, world):
        assert login(world.person("gp")).get("/admin/login/").status_code == 403

    @pytest.mark.parametrize(
        "path",
        [
            "password_change/",
            "autocomplete/",
            "jsi18n/",
            "r/1/1/",
            "auth/group/",
            "account/emailaddress/",
            "nulle-part/",
        ],
    )
    def test_what_is_left_out_is_not_found(self, login, world, path):
        assert login(world.person("superuser")).get(f"/admin/{path}").status_code == 404

    def test_leaving_is_leaving_the_portal(self, login, world):
        client = login(make_staff("support"))

        asked = client.get("/admin/logout/")
        left = client.post("/admin/logout/")

        assert "Se déconnecter" in plain(asked.text)
        assert left.headers["Location"] == "/"
        assert client.get("/admin/").status_code == 302

    def test_a_suspended_operator_is_out_at_the_next_click(self, login, world):
        person = make_staff("support")
        client = login(person)
        User.objects.filter(pk=person.pk).update(state=AccountState.SUSPENDU)

        assert client.get("/admin/").headers["Location"] == "/comptes/login/?next=/admin/"

    def test_an_operator_who_is_no_longer_one_is_out_too(self, login, world):
        person = make_staff("administrateur")
        client = login(person)
        User.objects.filter(pk=person.pk).update(is_staff=False)

        assert client.get(address(User, "changelist")).status_code == 403


class TestHostileText:
    """What people typed is text on every page, and never shown where it was not asked for."""

    PAYLOAD = '"><script>alert(1)</script>'

    @pytest.fixture
    def hostile(self, world):
        person = make_member(world.structure, world.service)
        User.objects.filter(pk=person.pk).update(first_name=self.PAYLOAD, last_name=self.PAYLOAD, phone="<b>0</b>")
        Structure.objects.filter(pk=world.structure.pk).update(
            legal_name=self.PAYLOAD, principal_manager=person, city="<i>x</i>"
        )
        Service.objects.filter(pk=world.service.pk).update(label=self.PAYLOAD, code="<u>y</u>")
        return person

    def test_it_is_escaped_on_every_page(self, login, world, hostile):
        client = login(make_staff("administrateur"))
        urls = [address(model, "changelist") for model in MODELS]
        urls += [address(model, "change", row.pk) for model in MODELS for row in model._default_manager.all()]
        urls += [address(User, "suspend", hostile.pk)]

        texts = {url: client.get(url).text for url in urls}
        texts["done"] = client.post(urls[-1], follow=True).text

        assert [url for url, text in texts.items() if re.search("<script>alert|<b>0|<i>x|<u>y", text)] == []
        assert texts["done"].count("&lt;script&gt;alert") > 2

    def test_it_is_escaped_in_what_the_search_shows_again(self, login, world):
        answer = login(make_staff("support")).get(address(User, "changelist", q=self.PAYLOAD))

        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;alert" in answer.text


def test_no_page_shows_a_password_nor_its_hash(login, world):
    person = UserFactory()

    shown = login(world.person("superuser")).get(address(User, "change", person.pk)).text

    assert person.password not in shown
    assert "md5$" not in shown


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("password__startswith=a", 400),
        ("is_superuser__exact=1", 400),
        ("state__regex=a", 400),
        ("email__contains=a", 400),
        ("_to_field=password", 400),
        ("is_staff__exact=peut-%C3%AAtre", 302),
        ("q=%00", 400),
        ("q=%F0%9F%92%A5", 200),
        ("q=" + "x" * 5000, 200),
        ("p=" + "9" * 40, 200),
        ("p=-1", 200),
        ("o=99.-1", 200),
        ("all=1", 200),
    ],
)
def test_the_address_asks_no_more_than_the_page(login, world, query, status):
    answer = login(make_staff("auditeur")).get(f"/admin/users/user/?{query}")

    assert answer.status_code == status


@pytest.mark.parametrize("pk", ["0", "9" * 40, "x", "1_0"])
def test_an_object_that_is_not_there_is_told_in_french(login, world, pk):
    answer = login(make_staff("auditeur")).get(f"/admin/users/user/{pk}/change/", follow=True)

    assert answer.status_code == 200
    assert "n’existe pas" in plain(answer.text).replace("'", "’")


def test_a_missing_token_is_refused(world):
    person = make_staff("administrateur")
    client = StrictClient(enforce_csrf_checks=True)
    client.force_login(person)
    other = UserFactory()

    answer = client.post(address(User, "suspend", other.pk))

    other.refresh_from_db()
    assert answer.status_code == 403
    assert other.is_active


def test_the_journal_of_django_stays_empty(login, world):
    client = login(make_staff("administrateur"))
    other = UserFactory()

    client.post(address(User, "suspend", other.pk))

    assert not LogEntry.objects.exists()
    assert Event.objects.about(other).count() == 1


def test_no_icon_speaks_english(login, world):
    client = login(make_staff("administrateur"))

    for model in MODELS:
        for url in (address(model, "changelist"), address(model, "change", first(model).pk)):
            answer = client.get(url)
            assert "<img" not in answer.text, url
            assert "True" not in text_of(tree(answer)), url
