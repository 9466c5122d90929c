"""Operators need an application where a second factor is asked (security, ruling 5)."""

import pytest

from chorus_org.operators.roles import Role
from tests.support.operators import MODELS, address, make_staff
from users.operations.second_factor.factors import add_application

ADD = "/comptes/2fa/totp/activate/"


@pytest.fixture
def operator(db):
    return make_staff(Role.values[0])


@pytest.mark.parametrize("page", ["/admin/", *[model.__name__ for model in MODELS]])
def test_no_page_of_theirs_opens_before_they_have_one(login, operator, settings, page):
    settings.SECOND_FACTOR_REQUIRED = True
    addresses = {model.__name__: model for model in MODELS}
    url = address(addresses[page], "changelist") if page in addresses else page

    assert login(operator).get(url).headers["Location"] == ADD


def test_a_post_does_not_go_round_it(login, operator, settings):
    settings.SECOND_FACTOR_REQUIRED = True

    assert login(operator).post("/admin/").headers["Location"] == ADD


def test_they_are_in_once_they_have_one(login, operator, settings, now):
    settings.SECOND_FACTOR_REQUIRED = True
    add_application(user_id=operator.pk, secret="JBSWY3DPEHPK3PXP", session="", at=now)

    assert login(operator).get("/admin/").status_code == 200


def test_nothing_changes_where_none_is_asked(login, operator):
    assert login(operator).get("/admin/").status_code == 200


def test_others_still_read_whose_page_it_is(login, world, settings):
    settings.SECOND_FACTOR_REQUIRED = True

    assert login(world.person("gp")).get("/admin/").status_code == 403
