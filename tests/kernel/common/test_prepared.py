from datetime import timedelta

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db.models import Count, F

from chorus_org.kernel.common.prepared import prepared
from tests.support.factories import UserFactory
from users.models import User


@pytest.fixture
def people(db, now):
    return [UserFactory(created_at=now - timedelta(days=days)) for days in (3, 2, 1)]


@pytest.fixture
def built():
    return []


@pytest.fixture
def before(built):
    @prepared
    def query(order, *, user, at):
        built.append(order)
        return User.objects.filter(created_at__lt=at).exclude(pk=user).order_by(order).values("pk")

    return query


def test_is_built_once_for_a_shape_and_asked_with_each_value(before, built, people, now):
    first, second, third = people

    assert before("pk", user=first.pk, at=now).rows() == [(second.pk,), (third.pk,)]
    assert before("pk", user=second.pk, at=now - timedelta(days=1)).rows() == [(first.pk,)]
    assert built == ["pk"]


def test_another_shape_is_another_query(before, built, people, now):
    first, second, third = people

    assert before("pk", user=0, at=now).rows() == [(first.pk,), (second.pk,), (third.pk,)]
    assert before("-pk", user=0, at=now).rows() == [(third.pk,), (second.pk,), (first.pk,)]
    assert built == ["pk", "-pk"]


def test_serves_as_a_condition(before, people, now):
    chosen = User.objects.filter(pk__in=before("pk", user=people[0].pk, at=now))

    assert set(chosen) == set(people[1:])


def test_is_built_again_after_a_migration(before, built, people, now):
    before("pk", user=0, at=now).rows()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    before("pk", user=0, at=now).rows()

    assert built == ["pk", "pk"]


def test_serves_as_a_column_that_compares_with_each_row(people, now):
    built = []

    @prepared
    def younger(*, outer, at):
        built.append(at)
        later = User.objects.filter(pk__gt=outer, created_at__lt=at).order_by()
        return later.values("state").annotate(n=Count("pk")).values("n")

    shown = [
        dict(User.objects.annotate(younger=younger(outer=F("pk"), at=at)).values_list("pk", "younger"))
        for at in (now, now - timedelta(days=1))
    ]

    first, second, third = (person.pk for person in people)
    assert shown == [{first: 2, second: 1, third: None}, {first: 1, second: None, third: None}]
    assert len(built) == 1
