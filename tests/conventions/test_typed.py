"""Every form gives back what was typed in it when its session ends (`common.typed`), without a line of its own."""

import pytest
from django.forms import BooleanField, CharField
from django.test import Client

from chorus_org.kernel.common.forms import Form
from tests.support.factories import PASSWORD
from tests.support.table import PAGES
from users.models import User

POSTED = [
    page for page in PAGES.values() if page.post != 405 and not page.is_public and not page.name.startswith("admin:")
]
# Where a form asks for what a person types, as everybody who manages a structure sees it
WITH_FIELDS = {"services:create", "account_detail", "account_address", "account_close", "mfa_add_webauthn"}
WITH_FIELDS |= {
    "habilitations:newcomers",
    "habilitations:renumber",
    "habilitations:add_bank_account",
    "habilitations:change_bank_account",
    "habilitations:propose",
    "closing:close",
    "services:change",
    "services:import",
    "services:reopen",
    "directory:check",
    "habilitations:create",
    "habilitations:manage",
    "habilitations:change",
    "people:ask",
    "people:absence",
    "people:attach",
    "people:detach",
    "people:grants",
    "approvals:approve",
    "approvals:refuse",
}


def log_in(client, person):
    client.post("/comptes/login/", {"login": person.email, "password": PASSWORD})


def form_of(answer):
    form = (answer.context or {}).get("form")
    return form if isinstance(form, Form) and form.keepable else None


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.mark.parametrize("page", POSTED, ids=lambda page: page.name)
def test_a_form_that_is_sent_too_late_is_found_filled(world, gp, page, clock):
    client, url = Client(), page.url(world)
    log_in(client, gp)
    shown = client.get(url)
    form = form_of(shown)
    assert bool(form) == (page.name in WITH_FIELDS)
    if not form:
        return
    texts = [name for name in form.keepable if isinstance(form.fields[name], CharField)]
    boxes = [name for name in form.keepable if isinstance(form.fields[name], BooleanField)]
    typed = dict.fromkeys(texts, "Tapé <b> à moitié") | dict.fromkeys(boxes, "on")
    mark = shown.text.split('name="typed_by" value="')[1].split('"')[0]

    clock.shift(3600)
    answer = client.post(url, typed | {"typed_by": mark})
    log_in(client, gp)
    filled = form_of(client.get(url))

    assert answer.headers["Location"].startswith("/comptes/login/?next=")
    assert {name: filled[name].value() for name in texts} == dict.fromkeys(texts, "Tapé <b> à moitié")
    assert all(filled[name].value() for name in boxes)
    assert User.objects.get(pk=gp.pk).last_name == gp.last_name
