"""Whatever is sent to a form, the answer is a page in French: never a 500, never what was typed as markup."""

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.models import Service
from tests.support.client import StrictClient

FORMS = {
    "/comptes/login/": ["login", "password", "next"],
    "/organisation/structures/services/creer/": [
        "structure",
        "code",
        "label",
        "description",
        "active_from",
        "active_until",
        "engagement_required",
        "choisir",
    ],
}
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


@pytest.mark.parametrize("url", FORMS)
def test_no_value_breaks_a_form(world, url):
    gp = world.person("gp")

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(st.sampled_from(FORMS[url]), st.lists(VALUES, min_size=1, max_size=2)))
    @example({"active_from": ["0001-01-01T00:00:00"], "active_until": ["9999-12-31T23:59:59"]})
    def submit(values):
        client: Client = StrictClient()
        if "login" not in url:
            client.force_login(gp)
        answer = client.post(url, values)
        assert answer.status_code in {200, 302, 400, 422, 429}
        assert "<script>alert" not in answer.text

    submit()

    made = Service.objects.exclude(pk__in=[world.service.pk, world.other_service.pk])
    assert all(service.code.isascii() for service in made)
