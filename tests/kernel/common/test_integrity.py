"""A broken constraint of the database becomes a refusal in French, at the field it speaks of."""

import pytest
from django.db import IntegrityError, connection

from chorus_org.kernel.common.integrity import refusing
from chorus_org.kernel.common.refusals import Refusal
from services.models import Service
from structures.models import Structure
from tests.support.factories import ServiceFactory, StructureFactory
from tests.support.pages import plain


class Refused(Refusal):
    pass


def test_a_broken_constraint_speaks_french_at_its_field(db):
    known = StructureFactory()

    with pytest.raises(Refused) as refused, refusing(Structure, Refused):
        StructureFactory(identifier=known.identifier)

    assert plain(str(refused.value)) == "Une structure porte déjà cet identifiant."
    assert refused.value.field == "identifier"
    assert isinstance(refused.value.__cause__, IntegrityError)


def test_what_was_done_before_stands_and_the_transaction_goes_on(db):
    service = ServiceFactory(code="FI")

    with pytest.raises(Refused), refusing(Service, Refused):
        ServiceFactory(code="OTHER")
        ServiceFactory(structure=service.structure, code="fi")

    assert list(Service.objects.all()) == [service]
    assert ServiceFactory(structure=service.structure, code="FI_2").pk


def test_what_breaks_nothing_is_kept(db):
    with refusing(Service, Refused):
        service = ServiceFactory()

    assert list(Service.objects.all()) == [service]


def test_a_constraint_of_another_model_is_a_defect_of_ours(db):
    known = StructureFactory()

    with pytest.raises(IntegrityError), refusing(Service, Refused):
        StructureFactory(identifier=known.identifier)


@pytest.mark.parametrize(
    "change", [{"public_id": "known"}, {"pk": "known"}, {"label": None}, {"structure_id": 0}], ids=str
)
def test_a_constraint_without_a_sentence_is_a_defect_of_ours(db, change):
    known = ServiceFactory()
    [(field, value)] = change.items()
    service = ServiceFactory.build(structure=known.structure)
    setattr(service, field, getattr(known, field) if value == "known" else value)

    with pytest.raises(IntegrityError), refusing(Service, Refused):
        service.save(force_insert=True)
        connection.check_constraints()


def test_a_named_constraint_without_a_sentence_is_a_defect_of_ours_too(db):
    known = ServiceFactory()
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE services_service DROP CONSTRAINT services_service_pkey CASCADE")

    with pytest.raises(IntegrityError, match="service_id_structure"), refusing(Service, Refused):
        ServiceFactory.build(pk=known.pk, structure=known.structure).save(force_insert=True)


def test_another_error_passes_through(db):
    with pytest.raises(ZeroDivisionError), refusing(Service, Refused):
        ServiceFactory(code=str(1 / 0))
