"""« Disponibilité »: absent, and who answers meanwhile, who gains no right by it (domain, 1.5)."""

from datetime import timedelta

import pytest

from chorus_org.leaving.operations.closing import erase_account
from habilitations.models import Absence
from habilitations.operations.absences import AbsenceRefused, declare_absence, end_absence
from habilitations.operations.requests import ask_attachment
from structures.profiles import Profile
from tests.support.factories import UserFactory
from tests.support.pages import error_of, plain
from tests.support.people import make_member

URL, DAY = "/organisation/utilisateurs/disponibilite/", timedelta(days=1)
TYPED = {"absent_from": "2026-11-25T08:00:00", "absent_until": "2026-12-05T18:00:00", "substitute": ""}


@pytest.fixture
def gp(world):
    return world.person("gp")


@pytest.fixture
def colleague(world):
    return make_member(world.structure)


def away(by, substitute, at, days=5):
    return declare_absence(
        absent_from=at, absent_until=at + days * DAY, substitute_id=substitute and substitute.pk, by=by, at=at
    )


def test_is_declared_with_who_stands_in(login, gp, colleague, mails):
    client = login(gp)

    answer = client.post(URL, TYPED | {"substitute": str(colleague.public_id)}, follow=True)

    absence = Absence.objects.get()
    assert (absence.user, absence.substitute) == (gp, colleague)
    assert "L’envoi des données pour « Disponibilité »" in plain(answer.text)
    assert f"remplacé par {colleague}" in plain(answer.text)
    [mail] = mails
    assert mail.recipient == colleague.email
    assert "du 25/11/2026 à 08:00 au 05/12/2026 à 18:00" in plain(mail.text)
    assert f"{gp}, du" in plain(login(colleague).get(URL).text)


def test_what_reaches_the_absent_reaches_their_substitute(gp, colleague, world, mails, now):
    away(gp, colleague, now - DAY)
    sent = len(mails)

    ask_attachment(structure_id=world.structure.pk, by=UserFactory(), at=now)

    assert {mail.recipient for mail in list(mails)[sent:]} == {gp.email, colleague.email}


def test_after_the_absence_or_without_the_right_nothing_reaches_the_substitute(gp, colleague, world, mails, now):
    away(gp, colleague, now - 10 * DAY)
    sent = len(mails)
    ask_attachment(structure_id=world.structure.pk, by=UserFactory(), at=now)
    assert {mail.recipient for mail in list(mails)[sent:]} == {gp.email}

    away(gp, colleague, now)
    colleague.attachments.update(ends_at=now)
    sent = len(mails)
    ask_attachment(structure_id=world.structure.pk, by=UserFactory(), at=now)

    assert {mail.recipient for mail in list(mails)[sent:]} == {gp.email}
    assert not colleague.has_perm(Profile.RATTACHEMENT_VALIDATION, world.structure)


def test_the_requester_reads_it(login, gp, colleague, world, now):
    person = UserFactory()
    asked = ask_attachment(structure_id=world.structure.pk, by=person, at=now)
    away(gp, colleague, now)

    page = plain(login(person).get(f"/mon-compte/demandes/{asked.public_id}/").text)

    assert f"{gp} (absent jusqu’au 30/11/2026, remplacé par {colleague})" in page


def test_a_new_one_takes_the_place_of_the_former_and_one_comes_back(login, gp, colleague, now):
    away(gp, colleague, now)
    away(gp, None, now + DAY)
    assert Absence.objects.get().substitute is None
    client = login(gp)

    asked = client.get(f"{URL}fin/")
    answer = client.post(f"{URL}fin/", follow=True)

    assert "Vous répondrez de nouveau vous-même" in plain(asked.text)
    assert "Votre absence est terminée" in plain(answer.text)
    assert not Absence.objects.exists()
    end_absence(by=gp, at=now)


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"absent_from": ""}, "absent_from", "Saisissez le début de l’absence."),
        ({"absent_until": "2026-11-24T00:00:00"}, "absent_until", "Cette absence est déjà passée."),
        (
            {"absent_from": "2026-12-06T00:00:00"},
            "absent_until",
            "La fin de l’absence doit être postérieure à son début.",
        ),
        ({"substitute": "x"}, "substitute", "Choisissez une valeur de la liste."),
    ],
)
def test_says_what_is_wrong(login, gp, change, field, sentence):
    answer = login(gp).post(URL, TYPED | change)

    assert answer.status_code == 422
    assert sentence in plain(error_of(answer, field))
    assert not Absence.objects.exists()


def test_only_who_may_answer_where_one_does_stands_in(login, gp, world, now):
    stranger, elsewhere = UserFactory(), make_member(world.elsewhere)
    client = login(gp)

    assert elsewhere.email not in client.get(URL).text
    for other in (stranger, elsewhere, gp):
        assert client.post(URL, TYPED | {"substitute": str(other.public_id)}).status_code == 422
        with pytest.raises(AbsenceRefused):
            away(gp, other, now)


def test_is_forgotten_with_the_account(gp, colleague, now):
    away(gp, colleague, now)
    away(colleague, gp, now)

    erase_account(user_id=colleague.pk, at=now)

    [absence] = Absence.objects.all()
    assert (absence.user, absence.substitute) == (gp, None)
