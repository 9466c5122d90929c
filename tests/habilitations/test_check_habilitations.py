"""`manage.py check_habilitations`: silent in a good world, one line a fault, and an exit code that says so."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from guardian.models import GroupObjectPermission, UserObjectPermission

from habilitations import permissions
from habilitations.backends import ROWS
from habilitations.models import ApprovalRequest, Attachment, Invitation, StructureHabilitation
from services.models import Service
from structures.models import Structure
from structures.profiles import ORGANISATION_PROFILES, Profile
from tests.support.factories import LONG_AGO, ServiceFactory, StructureFactory, UserFactory
from tests.support.pages import plain
from tests.support.people import ACTORS, World, make_gp, make_member


@pytest.fixture
def structure(db):
    """A structure with a GP, a member of the whole and a member of one service: a good world."""
    structure = StructureFactory()
    make_gp(structure)
    make_member(structure)
    make_member(structure, ServiceFactory(structure=structure))
    return structure


def check():
    """What the command printed, line by line, and its exit code."""
    printed = StringIO()
    try:
        call_command("check_habilitations", stdout=printed)
    except SystemExit as stopped:
        return plain(printed.getvalue()), stopped.code
    return plain(printed.getvalue()), 0


def permission(profile, model):
    [pk] = permissions.ids(model, [profile])
    return pk


def plant_row(obj, user, pk=None):
    """Write the row past guardian's own check, as bulk writing does."""
    pk = pk or permission(Profile.FACTURATION_VALIDATION, type(obj))
    rows = ROWS[type(obj)]
    [row] = rows.objects.bulk_create([rows(user=user, content_object=obj, permission_id=pk)])
    return row


def a_row_of_a_stranger_on_a_structure(structure):
    row = plant_row(structure, UserFactory())
    return f"Habilitation {row.pk} sur la structure {structure.pk} : aucun rattachement ne la porte."


def a_row_on_a_structure_carried_by_a_service_only(structure):
    row = plant_row(structure, structure.attachments.exclude(service=None).get().user)
    return f"Habilitation {row.pk} sur la structure {structure.pk} : aucun rattachement ne la porte."


def a_row_on_a_structure_that_outlived_its_attachment(structure):
    row = plant_row(structure, UserFactory())
    Attachment.objects.create(user=row.user, structure=structure, started_at=LONG_AGO, ended_at=LONG_AGO)
    return f"Habilitation {row.pk} sur la structure {structure.pk} : aucun rattachement ne la porte."


def a_row_of_a_stranger_on_a_service(structure):
    service = structure.services.get()
    row = plant_row(service, UserFactory())
    return f"Habilitation {row.pk} sur le service {service.pk} : aucun rattachement ne la porte."


def a_row_on_a_service_carried_by_the_whole_only(structure):
    service = structure.services.get()
    row = plant_row(service, structure.principal_manager)
    return f"Habilitation {row.pk} sur le service {service.pk} : aucun rattachement ne la porte."


def a_row_on_a_service_carried_by_another_service(structure):
    service = ServiceFactory(structure=structure)
    row = plant_row(service, structure.attachments.exclude(service=None).get().user)
    return f"Habilitation {row.pk} sur le service {service.pk} : aucun rattachement ne la porte."


def a_row_on_a_service_that_outlived_its_attachment(structure):
    service = structure.services.get()
    row = plant_row(service, UserFactory())
    Attachment.objects.create(
        user=row.user, structure=structure, service=service, started_at=LONG_AGO, ended_at=LONG_AGO
    )
    return f"Habilitation {row.pk} sur le service {service.pk} : aucun rattachement ne la porte."


def a_gp_who_is_nobody_there(structure):
    orphan = StructureFactory(principal_manager=UserFactory())
    return f"Structure {orphan.pk} : son gestionnaire principal n’en détient pas tous les droits."


def a_gp_attached_without_the_rights(structure):
    Structure.objects.filter(pk=structure.pk).update(
        principal_manager=structure.attachments.filter(service=None).last().user
    )
    return f"Structure {structure.pk} : son gestionnaire principal n’en détient pas tous les droits."


def a_gp_whose_attachment_will_end(structure):
    structure.attachments.filter(user=structure.principal_manager).update(ends_at=LONG_AGO.replace(year=2099))
    return f"Structure {structure.pk} : son gestionnaire principal n’en détient pas tous les droits."


def a_structure_row_of_no_profile(structure):
    row = plant_row(structure, structure.principal_manager, permission(Profile.MARCHE_CONSULTATION, Service))
    return f"Habilitation {row.pk} (StructureHabilitation) : le profil {row.permission_id} n’est pas du catalogue."


def a_service_row_of_no_profile(structure):
    member = structure.attachments.exclude(service=None).get().user
    row = plant_row(structure.services.get(), member, Permission.objects.get(codename="add_service").pk)
    return f"Habilitation {row.pk} (ServiceHabilitation) : le profil {row.permission_id} n’est pas du catalogue."


def a_private_structure_with_a_profile_of_public_ones(structure):
    member = make_member(StructureFactory(private=True))
    private = member.attachments.get().structure
    row = plant_row(private, member, permission(Profile.ENGAGEMENT_MODIFICATION, Structure))
    return f"Habilitation {row.pk} (StructureHabilitation) : une structure privée ne peut pas avoir ce profil."


def a_private_service_with_a_profile_of_public_ones(structure):
    service = ServiceFactory(structure=StructureFactory(private=True))
    member = make_member(service.structure, service)
    row = plant_row(service, member, permission(Profile.ENGAGEMENT_CONSULTATION, Service))
    return f"Habilitation {row.pk} (ServiceHabilitation) : une structure privée ne peut pas avoir ce profil."


def an_engagement_asked_by_a_private_structure(structure):
    service = ServiceFactory(structure=StructureFactory(private=True), engagement_required=True)
    return f"Service {service.pk} : une structure privée ne peut pas exiger le numéro d’engagement."


def a_right_of_guardian_for_a_person(structure):
    target = {"content_type": ContentType.objects.get_for_model(Structure), "object_pk": str(structure.pk)}
    pk = permission(Profile.FACTURATION_VALIDATION, Structure)
    UserObjectPermission.objects.create(user=UserFactory(), permission_id=pk, **target)
    return "UserObjectPermission : 1 droits hors des habilitations."


def a_right_of_guardian_for_a_group(structure):
    target = {"content_type": ContentType.objects.get_for_model(Structure), "object_pk": str(structure.pk)}
    pk = permission(Profile.FACTURATION_VALIDATION, Structure)
    GroupObjectPermission.objects.create(group=Group.objects.create(name="amis"), permission_id=pk, **target)
    return "GroupObjectPermission : 1 droits hors des habilitations."


def a_request_for_what_one_has(structure):
    member = structure.attachments.filter(service=None).last().user
    row = ApprovalRequest.objects.create(kind="RATTACHEMENT", requester=member, structure=structure, asked_at=LONG_AGO)
    return f"Demande {row.pk} : elle attend ce que la personne a déjà, ou ce qu’elle ne peut plus avoir."


def a_request_for_profiles_of_who_is_not_attached(structure):
    row = ApprovalRequest.objects.create(
        kind="HABILITATIONS",
        requester=structure.attachments.filter(service=None).last().user,
        structure=structure,
        service=structure.services.get(),
        profiles=[Profile.FACTURATION_VALIDATION],
        asked_at=LONG_AGO,
    )
    return f"Demande {row.pk} : elle attend ce que la personne a déjà, ou ce qu’elle ne peut plus avoir."


def an_invitation_of_who_may_not_invite(structure):
    row = Invitation.objects.create(
        email="invitee@example.org",
        structure=structure,
        invited_by=structure.attachments.filter(service=None).last().user,
        sent_at=LONG_AGO,
        expires_at=LONG_AGO,
        key_hash="x",
    )
    return f"Invitation {row.pk} : la personne qui a invité n’en a plus le droit."


FAULTS = [
    a_request_for_what_one_has,
    a_request_for_profiles_of_who_is_not_attached,
    an_invitation_of_who_may_not_invite,
    a_row_of_a_stranger_on_a_structure,
    a_row_on_a_structure_carried_by_a_service_only,
    a_row_on_a_structure_that_outlived_its_attachment,
    a_row_of_a_stranger_on_a_service,
    a_row_on_a_service_carried_by_the_whole_only,
    a_row_on_a_service_carried_by_another_service,
    a_row_on_a_service_that_outlived_its_attachment,
    a_gp_who_is_nobody_there,
    a_gp_attached_without_the_rights,
    a_gp_whose_attachment_will_end,
    a_structure_row_of_no_profile,
    a_service_row_of_no_profile,
    a_private_structure_with_a_profile_of_public_ones,
    a_private_service_with_a_profile_of_public_ones,
    an_engagement_asked_by_a_private_structure,
    a_right_of_guardian_for_a_person,
    a_right_of_guardian_for_a_group,
]


def test_a_good_world_is_silent(structure):
    assert check() == ("", 0)


def test_everyone_the_tests_are_about_makes_a_good_world(db):
    for name in ACTORS:
        World().person(name)

    assert check() == ("", 0)


def test_what_sleeps_is_no_fault(structure):
    Structure.objects.update(is_active=False)
    Service.objects.update(active_until=LONG_AGO.replace(year=2023))
    structure.refresh_from_db()
    structure.attachments.exclude(user=structure.principal_manager).update(ends_at=LONG_AGO.replace(year=2024))

    assert check() == ("", 0)


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_each_fault_is_one_line(structure, plant):
    structure.refresh_from_db()
    sentence = plant(structure)

    assert check() == (sentence, 1)


@pytest.mark.parametrize("profile", sorted(ORGANISATION_PROFILES))
def test_a_gp_who_lost_one_box_is_found(structure, profile):
    structure.refresh_from_db()
    StructureHabilitation.objects.get(
        user=structure.principal_manager, content_object=structure, permission__codename=profile
    ).delete()

    assert check() == (f"Structure {structure.pk} : son gestionnaire principal n’en détient pas tous les droits.", 1)


def test_a_gp_whose_attachment_is_over_is_found_beside_the_rows_left(structure):
    structure.refresh_from_db()
    Attachment.objects.filter(user=structure.principal_manager).update(ended_at=LONG_AGO)
    rows = StructureHabilitation.objects.filter(user=structure.principal_manager).order_by("pk")
    left = [f"Habilitation {row.pk} sur la structure {structure.pk} : aucun rattachement ne la porte." for row in rows]

    printed, code = check()

    assert printed == " ".join(
        [*left, f"Structure {structure.pk} : son gestionnaire principal n’en détient pas tous les droits."]
    )
    assert code == 1


def test_two_faults_are_two_lines(structure):
    for plant in (a_row_of_a_stranger_on_a_structure, a_gp_who_is_nobody_there):
        plant(structure)
    printed = StringIO()

    with pytest.raises(SystemExit):
        call_command("check_habilitations", stdout=printed)

    assert len(printed.getvalue().splitlines()) == 2


class Observer:
    """What the first reading statement saw of its transaction."""

    def __init__(self):
        self.seen = None

    def __call__(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if self.seen is None and sql.startswith("SELECT"):
            raw = context["connection"].connection
            settings = ("transaction_isolation", "transaction_read_only")
            self.seen = [raw.execute(f"SHOW {name}").fetchone()[0] for name in settings]
        return result


def test_by_itself_it_reads_one_moment_of_the_database_and_cannot_write(transactional_db):
    observer = Observer()

    with connection.execute_wrapper(observer):
        outcome = check()

    assert outcome == ("", 0)
    assert observer.seen == ["repeatable read", "on"]


def test_inside_a_transaction_it_keeps_that_transaction(structure):
    observer = Observer()

    with connection.execute_wrapper(observer):
        outcome = check()

    assert outcome == ("", 0)
    assert observer.seen == ["read committed", "off"]
