"""The lock on logins (security, ruling 2), where tries are counted."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection, transaction

from tests.support.pages import plain
from tests.support.races import race
from users.models import LoginCounter
from users.operations.login import LoginRefused, count_try, forget_try, purge_counters

CLAIRE, MARC = "claire@example.org", "marc@example.org"
HOME, OFFICE = "192.0.2.10", "198.51.100.7"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def fail(times, at, *, email=CLAIRE, address=HOME):
    for _ in range(times):
        count_try(email=email, address=address, at=at)


def succeed(at, *, email=CLAIRE, address=HOME):
    count_try(email=email, address=address, at=at)
    forget_try(email=email, address=address)


def is_locked(at, *, email=CLAIRE, address=HOME):
    """Whether a try would be refused; it is not counted."""
    try:
        with transaction.atomic():
            count_try(email=email, address=address, at=at)
            transaction.set_rollback(True)
    except LoginRefused:
        return True
    return False


def test_the_try_that_locks_an_account_says_until_when_like_that_of_a_pair(db, now):
    """So that the owner is told: four failures from each of 25 networks lock no pair."""
    last = [count_try(email=CLAIRE, address=f"198.51.{network}.7", at=now) for network in range(25) for _ in range(4)]

    assert last == [None] * 99 + [now + 24 * HOUR]
    assert is_locked(now)


def network(number):
    return f"203.0.{number // 250}.{number % 250}"


class TestFiveFailures:
    def test_lock_the_account_from_that_network_and_say_until_when_in_paris(self, db, now):
        fail(5, now)

        with pytest.raises(LoginRefused) as refused:
            count_try(email=CLAIRE, address=HOME, at=now)

        assert plain(str(refused.value)) == (
            "Connexion bloquée. Trop d’essais : vous pourrez vous connecter à partir de 11:30. "
            "« Mot de passe oublié ? » vous ouvre votre compte sans attendre."
        )

    def test_four_do_not(self, db, now):
        fail(4, now)

        count_try(email=CLAIRE, address=HOME, at=now)

    def test_leave_the_person_in_from_another_network(self, db, now):
        fail(5, now)

        count_try(email=CLAIRE, address=OFFICE, at=now)

    def test_leave_the_others_of_that_network_in(self, db, now):
        fail(5, now)

        count_try(email=MARC, address=HOME, at=now)

    def test_open_after_an_hour_and_not_before(self, db, now):
        fail(5, now)

        assert is_locked(now + HOUR - timedelta.resolution)
        assert not is_locked(now + HOUR)

    def test_count_from_the_last_one(self, db, now):
        fail(4, now)
        fail(1, now + 30 * MINUTE)

        assert is_locked(now + 30 * MINUTE + HOUR - timedelta.resolution)
        assert not is_locked(now + 30 * MINUTE + HOUR)

    def test_are_not_prolonged_by_tries_that_are_refused(self, db, now):
        fail(5, now)

        for minutes in range(1, 60):
            with pytest.raises(LoginRefused, match="11:30"):
                count_try(email=CLAIRE, address=HOME, at=now + minutes * MINUTE)

        assert not is_locked(now + HOUR)

    def test_spread_over_more_than_an_hour_do_not_lock(self, db, now):
        fail(4, now)

        fail(4, now + HOUR)

        assert not is_locked(now + HOUR + MINUTE)

    def test_are_counted_from_the_first_of_the_hour(self, db, now):
        fail(1, now)
        fail(3, now + 50 * MINUTE)

        fail(4, now + HOUR)

        assert not is_locked(now + HOUR)

    def test_begin_again_after_the_lock(self, db, now):
        fail(5, now)

        fail(5, now + HOUR)

        assert is_locked(now + HOUR)

    def test_begin_again_after_a_success(self, db, now):
        fail(4, now)
        succeed(now)

        fail(5, now)

        assert is_locked(now)


class TestTheSentence:
    @pytest.mark.parametrize(
        ("last_failure", "sentence"),
        [
            (datetime(2026, 11, 25, 9, 30, 0, 1, tzinfo=UTC), "de 11:31"),
            (datetime(2026, 11, 25, 9, 29, 59, 999999, tzinfo=UTC), "de 11:30"),
            (datetime(2026, 7, 14, 9, 30, tzinfo=UTC), "de 12:30"),
            (datetime(2026, 11, 25, 22, 30, tzinfo=UTC), "du 26/11/2026 à 00:30"),
            (datetime(2026, 3, 28, 23, 59, 30, tzinfo=UTC), "de 03:00"),
            (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "de 02:30"),
        ],
    )
    def test_names_a_minute_at_which_the_lock_is_open(self, db, last_failure, sentence):
        fail(5, last_failure)

        with pytest.raises(LoginRefused) as refused:
            count_try(email=CLAIRE, address=HOME, at=last_failure)

        assert f"vous pourrez vous connecter à partir {sentence}." in plain(str(refused.value))

    def test_names_the_day_that_opens_an_account_locked_everywhere(self, db, now):
        for number in range(25):
            fail(4, now, address=network(number))

        with pytest.raises(LoginRefused, match="à partir du 26/11/2026 à 10:30"):
            count_try(email=CLAIRE, address=OFFICE, at=now)

    def test_names_the_latest_of_several_locks(self, db, now):
        for number in range(19):
            fail(5, now, address=network(number))
        fail(5, now, address=HOME)

        with pytest.raises(LoginRefused, match="à partir du 26/11/2026 à 10:30"):
            count_try(email=CLAIRE, address=HOME, at=now)


class TestANetwork:
    def test_has_a_limit_over_all_accounts_that_successes_do_not_erase(self, db, now):
        admitted = 0
        with suppress(LoginRefused):
            for number in range(50):
                fail(4, now, email=f"personne{number}@example.org")
                succeed(now, email=f"personne{number}@example.org")
                admitted += 1

        assert admitted == 24
        assert is_locked(now, email=MARC)
        assert not is_locked(now, email=MARC, address=OFFICE)

    def test_opens_after_an_hour(self, db, now):
        for number in range(100):
            fail(1, now, email=f"personne{number}@example.org")

        assert is_locked(now + HOUR - timedelta.resolution)
        assert not is_locked(now + HOUR)

    def test_stays_open_for_those_who_know_their_password(self, db, now):
        for number in range(101):
            succeed(now, email=f"personne{number}@example.org")

        assert not is_locked(now)

    @pytest.mark.parametrize(
        ("first", "second", "is_same"),
        [
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
            ("2001:db8:1:2::1", "2001:0DB8:0001:0002:0:0:0:1", True),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
            ("fe80::1%eth0", "fe80::2%eth1", True),
            ("192.0.2.1", "192.0.2.2", False),
            ("192.0.2.1", "::ffff:192.0.2.1", True),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ],
    )
    def test_is_one_address_in_ipv4_and_what_one_subscriber_has_in_ipv6(self, db, now, first, second, is_same):
        fail(5, now, address=first)

        assert is_locked(now, address=second) == is_same


class TestAnAccount:
    def test_has_a_limit_of_a_hundred_a_day_over_all_networks(self, db, now):
        for number in range(25):
            fail(4, now, address=network(number))

        assert is_locked(now, address=OFFICE)
        assert is_locked(now + timedelta(days=1) - timedelta.resolution, address=OFFICE)
        assert not is_locked(now + timedelta(days=1), address=OFFICE)

    def test_may_fail_ninety_nine_times(self, db, now):
        for number in range(33):
            fail(3, now, address=network(number))

        count_try(email=CLAIRE, address=OFFICE, at=now)

    def test_is_not_erased_by_a_success(self, db, now):
        for number in range(25):
            fail(4, now, address=network(number))
            if number < 24:
                succeed(now, address=network(number))

        assert is_locked(now, address=OFFICE)

    def test_locks_no_other(self, db, now):
        for number in range(25):
            fail(4, now, address=network(number))

        count_try(email=MARC, address=OFFICE, at=now)


def test_what_is_refused_counts_nowhere(db, now):
    fail(5, now)
    before = list(LoginCounter.objects.order_by("key").values())

    for _ in range(3):
        with pytest.raises(LoginRefused):
            count_try(email=CLAIRE, address=HOME, at=now)

    assert list(LoginCounter.objects.order_by("key").values()) == before


def test_nothing_of_whom_or_where_is_kept_in_clear(db, now):
    address = "2001:db8:1:2::1"
    fail(5, now, address=address)
    with suppress(LoginRefused):
        count_try(email=CLAIRE, address=address, at=now)

    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM users_logincounter c")
        kept = " ".join(text for (text,) in cursor.fetchall()).lower()

    assert [clue for clue in ("claire", "example", "2001", "db8") if clue in kept.replace("2026", "")] == []
    assert LoginCounter.objects.count() == 5  # two networks, the account from each, the account


def test_the_hash_is_keyed_by_the_secret_of_the_installation(db, now, settings):
    fail(1, now)
    known = set(LoginCounter.objects.values_list("key", flat=True))
    settings.SECRET_KEY = "another one"

    fail(1, now)

    assert LoginCounter.objects.exclude(key__in=known).count() == 3


def test_of_twenty_tries_at_once_five_are_admitted(transactional_db, now):
    outcomes = race(*[partial(count_try, email=CLAIRE, address=HOME, at=now)] * 20)

    assert sum(isinstance(outcome, LoginRefused) for outcome in outcomes) == 15
    assert outcomes.count(None) == 4
    assert outcomes.count(now + HOUR) == 1
    assert set(LoginCounter.objects.values_list("failures", flat=True)) == {5}


def test_tries_that_share_a_network_and_accounts_never_block_each_other(transactional_db, now):
    tries = [(f"personne{n % 4}@example.org", network(n % 3)) for n in range(12)]

    outcomes = race(*(partial(count_try, email=email, address=address, at=now) for email, address in tries))

    assert outcomes == [None] * 12
    assert sum(LoginCounter.objects.values_list("failures", flat=True)) == 36


def test_successes_at_once_are_all_taken_back(transactional_db, now):
    people = [f"personne{n}@example.org" for n in range(12)]
    for email in people:
        fail(1, now, email=email)

    race(*(partial(forget_try, email=email, address=HOME) for email in people))

    assert set(LoginCounter.objects.values_list("failures", flat=True)) == {0}


def test_what_no_limit_counts_any_more_is_forgotten(db, now):
    fail(1, now - timedelta(days=3))
    fail(1, now - timedelta(days=1), email="paul@example.org", address=network(1))

    purge_counters(at=now)

    assert {counter.last_at for counter in LoginCounter.objects.all()} == {now - timedelta(days=1)}


class TestABrowserThatHasOpenedTheAccount:
    """A stranger locks nobody out: such a browser has a count of its own."""

    def test_is_not_kept_out_by_the_failures_of_others(self, db, now):
        for number in range(25):
            fail(4, now, address=network(number))
        assert is_locked(now, address=HOME)

        count_try(email=CLAIRE, address=HOME, known=True, at=now)

    def test_nor_by_those_of_its_network(self, db, now):
        for number in range(100):
            fail(1, now, email=f"personne{number}@example.org")
        assert is_locked(now)

        count_try(email=CLAIRE, address=HOME, known=True, at=now)

    def test_fails_five_times_an_hour_all_the_same(self, db, now):
        for _ in range(5):
            count_try(email=CLAIRE, address=HOME, known=True, at=now)

        with pytest.raises(LoginRefused, match="11:30"):
            count_try(email=CLAIRE, address=OFFICE, known=True, at=now)
        assert not is_locked(now, address=OFFICE)

    def test_a_success_there_forgets_its_own_failures_only(self, db, now):
        fail(4, now)
        for _ in range(4):
            count_try(email=CLAIRE, address=HOME, known=True, at=now)

        forget_try(email=CLAIRE, address=HOME, known=True)

        for _ in range(4):
            count_try(email=CLAIRE, address=HOME, known=True, at=now)
        fail(1, now)
        assert is_locked(now)


class TestOneSubscriberOfIPv6:
    """Whoever holds 48 bits holds 65,536 networks of 64."""

    def test_has_no_more_than_twenty_tries_at_an_account(self, db, now):
        for number in range(20):
            fail(1, now, address=f"2001:db8:1:{number:x}::1")

        assert is_locked(now, address="2001:db8:1:ffff::1")
        assert not is_locked(now, address="2001:db8:2::1")

    def test_has_no_more_than_four_hundred_tries_an_hour(self, db, now):
        for number in range(400):
            fail(1, now, email=f"personne{number}@example.org", address=f"2001:db8:1:{number:x}::1")

        assert is_locked(now, address="2001:db8:1:ffff::1")
        assert not is_locked(now, address="2001:db8:2::1")
