"""Any directory exported, then read into an empty database, exports again byte for byte (api, 3.1)."""

from io import BytesIO
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.annuaire import load
from services.directory.publishing import FILES
from services.models import Service
from structures.models import Structure
from tests.support.factories import ServiceFactory, StructureFactory, siret

SIGNS = "aZé;'\"=+-@\t ,|0\\«’/&<"
FLAGS = (
    "engagement_number_required",
    "service_code_required",
    "payment_status_hidden",
    "has_project_owner",
    "is_active",
)


def texts(most):
    """What people write in a cell: signs that files and spreadsheets trip over; no space around."""
    return st.text(SIGNS, max_size=most).map(str.strip)


structures = st.fixed_dictionaries(
    {
        "legal_name": texts(12).filter(lambda text: any(sign.isalnum() for sign in text)),
        "address": texts(12),
        "postal_code": st.sampled_from(["", "01000", "57000", "20167"]),
        "city": texts(8),
        "email": st.sampled_from(["", "mairie@example.org"]),
        **{flag: st.booleans() for flag in FLAGS},
    }
)
services = st.fixed_dictionaries(
    {
        "code": st.text("aB3-_/@ .", min_size=1, max_size=6).filter(
            lambda code: code == code.strip() and code[0] not in "-@"
        ),
        "label": texts(12).filter(lambda text: any(sign.isalnum() for sign in text)),
        "engagement_required": st.booleans(),
        "closed": st.booleans(),
    }
)


def held():
    """What the database holds of it, in no order."""
    told = ("identifier", "legal_name", "address", "postal_code", "city", "email", *FLAGS)
    return set(Structure.objects.values_list(*told)) | set(
        Service.objects.values_list("structure__identifier", "code", "label", "engagement_required")
    )


def written(name, at):
    file = BytesIO()
    FILES[name][1](file, at)
    return file.getvalue()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(structures, st.lists(services, max_size=3, unique_by=lambda one: one["code"].lower())), max_size=4
    )
)
def test_a_directory_comes_back_as_it_left(db, tmp_path, now, directory):
    numbers = count(1)
    Service.objects.all().delete()
    Structure.objects.all().delete()
    for told, of_it in directory:
        structure = StructureFactory(identifier=siret(next(numbers)), **told)
        for service in of_it:
            ServiceFactory(structure=structure, **service)
        ServiceFactory(structure=structure, code="FACTURES_PUBLIQUES", label="Service des factures publiques")
    before = held()
    left = {name: written(name, now) for name in ("structures.csv", "services.csv")}
    Service.objects.all().delete()
    Structure.objects.all().delete()

    for name, content in left.items():
        path = tmp_path / name
        path.write_bytes(content)
        report = load(path, at=now)
        assert report.refused_count == 0, list(report.sentences())

    assert {name: written(name, now) for name in left} == left
    assert held() == before
