"""« Exporter les utilisateurs »: who is attached where I manage, with what they may do, and nobody else."""

import csv
import io

import pytest

from chorus_org.kernel.common.imports import table
from tests.support.people import make_member
from tests.support.queries import operation_queries

URL = "/organisation/utilisateurs/export"


@pytest.fixture
def gp(world):
    return world.person("gp")


def rows(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_tells_each_person_with_their_level_and_profiles(login, gp, world):
    member = make_member(world.structure, world.service)
    make_member(world.elsewhere)

    told = {row["AdresseConnexion"]: row for row in rows(login(gp).get(f"{URL}.csv"))}

    assert set(told) == {gp.email, member.email}
    assert (told[member.email]["CodeService"], told[member.email]["GestionnairePrincipal"]) == ("FI_COMPTA", "non")
    assert "Facturation modification" in told[member.email]["Profils"]
    assert told[gp.email]["GestionnairePrincipal"] == "oui"


def test_is_a_spreadsheet_too(login, gp):
    read = table(b"".join(login(gp).get(f"{URL}.xlsx").streaming_content))

    assert read[0][0] == "Identifiant"
    assert read[1][5] == gp.email


def test_costs_no_more_queries_for_more_people(login, gp, world):
    client = login(gp)

    def cost():
        with operation_queries() as queries:
            rows(client.get(f"{URL}.csv"))
        return len(queries)

    make_member(world.structure)
    cost()  # what is asked once a process
    few = cost()
    for _ in range(10):
        make_member(world.structure)

    assert cost() == few


def test_is_for_who_manages(login, world):
    assert login(world.person("member")).get(f"{URL}.csv").status_code == 403
