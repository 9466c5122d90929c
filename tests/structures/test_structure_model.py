"""What the database refuses, rule by rule, and what is derived from a row."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from chorus_org.kernel.common.integrity import refusing
from chorus_org.kernel.common.refusals import Refusal
from habilitations.models import Attachment
from services.enums import ServiceState
from services.models import Service
from structures.enums import SupplierMustGive
from structures.models import PUBLIC_PARAMETERS, Structure
from tests.support.factories import LONG_AGO, ServiceFactory, StructureFactory, UserFactory
from tests.support.pages import plain
from users.models import User

INSTANT = timedelta(microseconds=1)
NAMED = "Un particulier a nom et prénom, toute autre structure une raison sociale."
PARIS = ZoneInfo("Europe/Paris")


class Refused(Refusal):
    pass


def structure(**fields):
    return lambda: StructureFactory(**fields)


def person(**fields):
    return structure(**{"identifier_type": "PARTICULIER", "identifier": "PART-0123456789", "private": True, **fields})


def service(**fields):
    return lambda: ServiceFactory(**fields)


def attachment(**fields):
    def make():
        user, whole = UserFactory(), StructureFactory()
        Attachment.objects.create(user=user, structure=whole, **{"started_at": LONG_AGO, **fields})

    return make


def same_identifier_twice():
    StructureFactory(identifier="57210489100013")
    StructureFactory(identifier="57210489100013")


def same_code_twice():
    known = ServiceFactory(code="FI_SGPI")
    ServiceFactory(structure=known.structure, code="fi_sgpi")


def same_address_twice():
    UserFactory(email="claire@example.org")
    UserFactory(email="claire@example.org")


def attached_twice():
    user, whole = UserFactory(), StructureFactory()
    for started_at in (LONG_AGO, LONG_AGO.replace(year=2024)):
        Attachment.objects.create(user=user, structure=whole, started_at=started_at)


def attached_twice_to_a_service():
    user, one = UserFactory(), ServiceFactory()
    for ends_at in (None, LONG_AGO.replace(year=2024)):
        Attachment.objects.create(
            user=user, structure=one.structure, service=one, started_at=LONG_AGO, ends_at=ends_at
        )


TYPES = {
    "siret": ("SIRET", "5721048910001A", "Le SIRET compte 14 chiffres."),
    "ue_hors_france": (
        "UE_HORS_FRANCE",
        "136695976DE",
        "Le numéro de TVA, 18 caractères au plus, commence par les deux lettres du pays.",
    ),
    "hors_ue": (
        "HORS_UE",
        "U",
        "L’identifiant est le code du pays (deux lettres) suivi des 16 premiers caractères du nom.",
    ),
    "ridet": ("RIDET", "12345678", "Le RIDET compte 9 ou 10 chiffres."),
    "tahiti": ("TAHITI", "a12345001", "Le numéro TAHITI compte 9 caractères."),
    "autre": (
        "AUTRE",
        "école",
        "L’identifiant a 80 caractères au plus, lettres sans accent, chiffres, espaces ou tirets.",
    ),
}

# Constraint, what breaks it, the field and the sentence of the refusal
BROKEN = [
    *(
        (f"structure_{name}_shape", structure(identifier_type=kind, identifier=wrong), "identifier", sentence)
        for name, (kind, wrong, sentence) in TYPES.items()
    ),
    (
        "structure_particulier_shape",
        person(identifier="PART-1", legal_name="", last_name="Delaunay", first_name="Marc"),
        "identifier",
        "L’identifiant d’un particulier est donné par la plateforme.",
    ),
    (
        "structure_identifier_unique",
        same_identifier_twice,
        "identifier",
        "Une structure porte déjà cet identifiant.",
    ),
    (
        "structure_identifier_type_known",
        structure(identifier_type="DUNS"),
        "identifier_type",
        "Choisissez un type d’identifiant de la liste.",
    ),
    (
        "structure_sector_known",
        structure(sector="MIXTE"),
        "sector",
        "Dites si la structure est publique ou privée.",
    ),
    ("structure_named", structure(legal_name=""), "legal_name", NAMED),
    ("structure_named", structure(last_name="Delaunay"), "legal_name", NAMED),
    ("structure_named", person(legal_name="X", last_name="Delaunay", first_name="Marc"), "legal_name", NAMED),
    ("structure_named", person(legal_name="", last_name="Delaunay"), "legal_name", NAMED),
    ("structure_named", person(legal_name="", first_name="Marc"), "legal_name", NAMED),
    *(
        (
            "structure_private_without_parameters",
            structure(private=True, **{parameter: True}),
            "sector",
            "Seule une entité publique a des paramètres de facturation.",
        )
        for parameter in PUBLIC_PARAMETERS
    ),
    (
        "service_code_unique",
        same_code_twice,
        "code",
        "Ce code existe déjà dans cette structure. Choisissez-en un autre.",
    ),
    (
        "service_ends_after_start",
        service(active_from=LONG_AGO, active_until=LONG_AGO),
        "active_until",
        "La fin doit être postérieure au début.",
    ),
    *(
        (
            "service_code_shape",
            service(code=code),
            "code",
            "Saisissez un code de service, sans espace au début ni à la fin.",
        )
        for code in ("", " ", " FI", "FI ", "FI\t", "F\x07I")
    ),
    *(
        (
            "service_labelled",
            service(label=label),
            "label",
            "Saisissez le libellé du service, par exemple « Service financier ».",
        )
        for label in ("", "  ")
    ),
    ("user_email_unique", same_address_twice, "email", "Cette adresse est déjà celle d’un compte."),
    (
        "user_email_lower",
        lambda: UserFactory(email="Claire@example.org"),
        "email",
        "L’adresse de connexion s’écrit en minuscules.",
    ),
    ("attachment_one_live", attached_twice, "user", "Cet utilisateur est déjà rattaché à cette structure."),
    (
        "attachment_one_live",
        attached_twice_to_a_service,
        "user",
        "Cet utilisateur est déjà rattaché à cette structure.",
    ),
    *(
        (
            "attachment_ends_after_start",
            attachment(**fields),
            "ends_at",
            "La fin d’un rattachement doit être postérieure à son début.",
        )
        for fields in ({"ends_at": LONG_AGO}, {"ended_at": LONG_AGO - INSTANT})
    ),
]
MODELS = {"structure": Structure, "service": Service, "user": User, "attachment": Attachment}


@pytest.mark.parametrize(
    ("name", "break_it", "field", "sentence"), BROKEN, ids=[f"{broken[0]} {n}" for n, broken in enumerate(BROKEN)]
)
def test_the_database_refuses_it_and_says_so_in_french(db, name, break_it, field, sentence):
    model = MODELS[name.partition("_")[0]]

    with pytest.raises(Refused) as refused, refusing(model, Refused):
        break_it()

    assert refused.value.__cause__.__cause__.diag.constraint_name == name
    assert (plain(str(refused.value)), refused.value.field) == (sentence, field)


def test_every_constraint_with_a_sentence_is_broken_above():
    constraints = [constraint for model in MODELS.values() for constraint in model._meta.constraints]

    silent = {constraint.name for constraint in constraints if not constraint.violation_error_code}
    assert {constraint.name for constraint in constraints} - silent == {name for name, *_ in BROKEN}
    assert silent == {"service_id_structure"}


def test_an_attachment_is_to_a_service_of_its_own_structure(db):
    foreign = ServiceFactory()
    with pytest.raises(IntegrityError, match="attachment_service_of_structure"), transaction.atomic():
        Attachment.objects.create(
            user=UserFactory(), structure=StructureFactory(), service=foreign, started_at=LONG_AGO
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS attachment_service_of_structure IMMEDIATE")


def test_an_attachment_that_ended_leaves_its_place(db, now):
    user, whole = UserFactory(), StructureFactory()
    Attachment.objects.create(user=user, structure=whole, started_at=LONG_AGO, ended_at=LONG_AGO)
    Attachment.objects.create(user=user, structure=whole, started_at=LONG_AGO, ended_at=now)

    Attachment.objects.create(user=user, structure=whole, started_at=now)

    assert user.attachments.count() == 3


@pytest.mark.parametrize("code", ["A", "FI_SGPI", "FI SGPI", "ÉTÉ", "a" * 100, "50 %"])
def test_a_service_is_found_by_its_code_as_the_database_holds_it_unique(db, code):
    service = ServiceFactory(code=code)
    spellings = [code, code.upper(), code.lower(), f"{code[:98]}_2"]

    found = [service in Service.objects.coded(spelt) for spelt in spellings]

    assert found == [is_taken(service.structure, spelt) for spelt in spellings]
    assert (found[0], found[-1]) == (True, False)


def is_taken(structure, code):
    try:
        with transaction.atomic():
            ServiceFactory(structure=structure, code=code)
            transaction.set_rollback(True)
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ((False, False, False), SupplierMustGive.NOTHING),
        ((True, False, False), SupplierMustGive.ENGAGEMENT),
        ((False, True, False), SupplierMustGive.SERVICE),
        ((True, True, False), SupplierMustGive.BOTH),
        ((False, False, True), SupplierMustGive.EITHER),
        ((True, False, True), SupplierMustGive.EITHER),
        ((False, True, True), SupplierMustGive.EITHER),
        ((True, True, True), SupplierMustGive.EITHER),
    ],
)
def test_what_a_supplier_must_give_is_read_as_invoicing_software_reads_it(flags, expected):
    names = ("engagement_number_required", "service_code_required", "engagement_or_service_required")

    structure = StructureFactory.build(**dict(zip(names, flags, strict=True)))

    assert structure.supplier_must_give == expected


def test_how_structures_are_called():
    legal = StructureFactory.build(identifier="57210489100013", legal_name="BANQUE DE FRANCE")
    natural = StructureFactory.build(
        identifier="PART-0123456789", legal_name="", last_name="Delaunay", first_name="Marc"
    )

    assert (legal.name, str(legal)) == ("BANQUE DE FRANCE", "57210489100013 – BANQUE DE FRANCE")
    assert (natural.name, str(natural)) == ("Marc Delaunay", "PART-0123456789 – Marc Delaunay")


class TestTheStateOfAService:
    def states(self, moments, **period):
        service = ServiceFactory(**period)
        states = [service.state(at) for at in moments]
        listed = [Service.objects.active(at).exists() for at in moments]
        assert listed == [state == ServiceState.ACTIF for state in states]
        return states

    def test_it_begins_at_its_start_and_ends_before_its_end(self, db):
        start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
        moments = [start - INSTANT, start, end - INSTANT, end]

        states = self.states(moments, active_from=start, active_until=end)

        assert states == [ServiceState.A_VENIR, ServiceState.ACTIF, ServiceState.ACTIF, ServiceState.INACTIF]

    def test_without_an_end_it_goes_on(self, db):
        start = datetime(2026, 1, 1, tzinfo=UTC)

        states = self.states([start, start.replace(year=2199)], active_from=start)

        assert states == [ServiceState.ACTIF] * 2

    def test_once_deleted_it_is_deleted_whatever_its_dates(self, db):
        start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)

        states = self.states([start - INSTANT, start, end], active_from=start, active_until=end, deleted_at=start)

        assert states == [ServiceState.SUPPRIME] * 3

    @pytest.mark.parametrize(
        ("start", "end", "hours"),
        [
            (datetime(2026, 3, 29, 1, tzinfo=PARIS), datetime(2026, 3, 29, 4, tzinfo=PARIS), 2),
            (datetime(2026, 10, 25, 1, tzinfo=PARIS), datetime(2026, 10, 25, 4, tzinfo=PARIS), 4),
            (datetime(2026, 10, 25, 2, tzinfo=PARIS), datetime(2026, 10, 25, 2, tzinfo=PARIS, fold=1), 1),
        ],
    )
    def test_the_night_of_a_clock_change_is_counted_in_real_hours(self, db, start, end, hours):
        hour = timedelta(hours=1)
        moments = [start.astimezone(UTC) + n * hour for n in range(-1, 6)]

        states = self.states(moments, active_from=start, active_until=end)

        assert states.count(ServiceState.ACTIF) == hours
        assert states[1 : hours + 1] == [ServiceState.ACTIF] * hours

    @pytest.mark.parametrize("field", ["after", "before"])
    def test_those_that_start_between_two_moments(self, db, field):
        start = datetime(2026, 1, 1, tzinfo=UTC)
        service = ServiceFactory(active_from=start)
        ServiceFactory(active_from=start, deleted_at=start)
        spans = {
            "after": [(start - INSTANT, start + INSTANT, [service]), (start, start + INSTANT, [])],
            "before": [(start - INSTANT, start, [service]), (start - 2 * INSTANT, start - INSTANT, [])],
        }

        for after, before, expected in spans[field]:
            assert list(Service.objects.starting(after=after, before=before)) == expected
