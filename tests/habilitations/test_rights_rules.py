"""The finer rules of rights (rights, « What is asked »), each by itself; test_gate.py asks them all together."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from guardian.models import GroupObjectPermission, UserObjectPermission

from chorus_org.kernel.common import rights
from habilitations import permissions
from habilitations.backends import ROWS
from habilitations.models import Attachment, StructureHabilitation
from habilitations.operations.attachments import attach
from habilitations.operations.profiles import grant
from services.models import Service
from structures.models import Structure
from structures.profiles import GIVEN_BY, GIVES, PERMISSIONS, Profile, defaults
from tests.support.factories import LONG_AGO, ServiceFactory, StructureFactory, UserFactory
from tests.support.people import ACTORS, World, make_gp
from users.models import AccountState, User

MODIFICATION = Profile.ORGANISATION_MODIFICATION
NOT_BY_DEFAULT = {MODIFICATION, Profile.FACTURATION_VALIDATION}
ENGAGEMENT = {Profile.ENGAGEMENT_CONSULTATION, Profile.ENGAGEMENT_MODIFICATION}


class TestTheCatalogue:
    def test_who_may_read_validate_or_modify_the_organisation(self):
        assert GIVES[MODIFICATION] == {
            MODIFICATION,
            Profile.RATTACHEMENT_VALIDATION,
            Profile.ORGANISATION_CONSULTATION,
        }
        assert GIVES[Profile.RATTACHEMENT_VALIDATION] == {
            Profile.RATTACHEMENT_VALIDATION,
            Profile.ORGANISATION_CONSULTATION,
        }
        assert GIVES[Profile.ORGANISATION_CONSULTATION] == {Profile.ORGANISATION_CONSULTATION}

    def test_modification_and_validation_give_consultation_and_no_more(self):
        for profile in set(Profile) - {MODIFICATION, Profile.RATTACHEMENT_VALIDATION}:
            domain = profile.rpartition("_")[0]
            assert GIVES[profile] == {profile, Profile(f"{domain}_consultation")}

    def test_every_profile_has_a_consultation_in_its_domain(self):
        assert {profile.rpartition("_")[2] for profile in Profile} == {"consultation", "modification", "validation"}
        assert len(Profile) == 20

    def test_who_gives_is_the_other_side_of_what_is_given(self):
        for profile in Profile:
            assert GIVEN_BY[profile] == {giver for giver in Profile if profile in GIVES[giver]}
        assert GIVEN_BY[MODIFICATION] == {MODIFICATION}
        assert GIVEN_BY[Profile.FACTURATION_CONSULTATION] == {
            Profile.FACTURATION_CONSULTATION,
            Profile.FACTURATION_MODIFICATION,
            Profile.FACTURATION_VALIDATION,
        }

    def test_an_attachment_brings_everything_but_two_profiles(self):
        assert set(Profile) - defaults(is_public=True) == NOT_BY_DEFAULT
        assert set(Profile) - defaults(is_public=False) == NOT_BY_DEFAULT | ENGAGEMENT

    @pytest.mark.parametrize("model", [Structure, Service])
    def test_each_profile_is_a_permission_of_both_models(self, db, model):
        options = model._meta
        found = Permission.objects.filter(
            content_type__app_label=options.app_label, content_type__model=options.model_name, codename__in=Profile
        )

        assert list(options.permissions) == list(PERMISSIONS) == list(Profile.choices)
        assert sorted(found.values_list("id", flat=True)) == permissions.ids(model, Profile)
        assert len(found) == 20


class TestTheNamesOfPermissions:
    def test_a_profile_is_asked_plain_or_with_the_app_of_the_object(self, world):
        gp = world.person("gp")

        assert gp.has_perm(MODIFICATION, world.structure)
        assert gp.has_perm("organisation_modification", world.structure)
        assert gp.has_perm("structures.organisation_modification", world.structure)
        assert gp.has_perm("services.organisation_modification", world.service)

    @pytest.mark.parametrize("person", ["gp", "stranger", "superuser", "suspended_gp", "anonymous"])
    @pytest.mark.parametrize(
        ("permission", "on"),
        [
            ("services.organisation_modification", "structure"),
            ("structures.organisation_modification", "service"),
            ("users.organisation_modification", "structure"),
            ("organisation_suppression", "structure"),
            ("structures.change_structure", "structure"),
        ],
    )
    def test_a_name_that_is_none_of_the_object_is_a_mistake_of_ours(self, world, person, permission, on):
        user = world.person(person)

        with pytest.raises(ValueError, match=permission.rpartition(".")[2]):
            user.has_perm(permission, getattr(world, on))

    def test_the_list_refuses_it_too(self, world):
        gp = world.person("gp")

        with pytest.raises(ValueError, match="is not a permission of services"):
            Service.objects.held_by(gp, "structures.organisation_modification")

    def test_nothing_is_held_on_what_is_neither_a_structure_nor_a_service(self, world):
        gp = world.person("gp")

        assert not gp.has_perm(MODIFICATION, gp)
        assert gp.get_all_permissions(gp) == set()


class TestTheSuperuser:
    @pytest.fixture
    def superuser(self, world):
        return world.person("superuser")

    def test_has_nothing_on_objects(self, superuser, world):
        for obj in (world.structure, world.service):
            assert not any(superuser.has_perm(profile, obj) for profile in Profile)
            assert not superuser.has_perms([MODIFICATION], obj)
            assert superuser.get_all_permissions(obj) == set()
        assert not Structure.objects.held_by(superuser, MODIFICATION).exists()
        assert not Service.objects.visible_to(superuser).exists()

    def test_keeps_the_permissions_of_models(self, superuser):
        assert superuser.has_perm("structures.change_structure")
        assert "structures.change_structure" in superuser.get_all_permissions()

    def test_holds_what_anyone_would_hold_by_rows(self, superuser, world):
        attach(user_id=superuser.pk, structure_id=world.structure.pk, by=None, at=LONG_AGO)

        assert superuser.has_perm(Profile.FACTURATION_MODIFICATION, world.structure)
        assert not superuser.has_perm(MODIFICATION, world.structure)


class TestTheGate:
    def test_the_gp_passes_by_rows_and_not_by_identity(self, world):
        gp = world.person("gp")
        StructureHabilitation.objects.filter(user=gp).delete()

        assert not gp.has_perm(Profile.ORGANISATION_CONSULTATION, world.structure)
        assert not Structure.objects.held_by(gp, MODIFICATION).exists()

    def test_a_right_on_the_whole_structure_is_asked_on_its_services(self, world):
        modifier = world.person("modifier")

        assert modifier.has_perm(MODIFICATION, world.service)
        assert modifier.has_perm(MODIFICATION, world.other_service)
        assert not modifier.has_perm(MODIFICATION, ServiceFactory(structure=world.elsewhere))

    def test_a_right_on_a_service_is_none_on_the_structure_nor_on_the_next_service(self, world):
        member = world.person("service_member")

        assert member.has_perm(Profile.FACTURATION_MODIFICATION, world.service)
        assert not member.has_perm(Profile.FACTURATION_MODIFICATION, world.other_service)
        assert not member.has_perm(Profile.FACTURATION_MODIFICATION, world.structure)

    @pytest.mark.parametrize("asleep", ["closed", "upcoming", "deleted"])
    def test_a_closed_service_is_covered_by_the_structure_and_silences_its_own(self, world, now, asleep):
        modifier, member = world.person("modifier"), world.person("service_member")
        change = {
            "closed": {"active_until": now},
            "upcoming": {"active_from": now + timedelta(seconds=1)},
            "deleted": {"deleted_at": now},
        }
        Service.objects.filter(pk=world.service.pk).update(**change[asleep])

        assert modifier.has_perm(Profile.FACTURATION_MODIFICATION, world.service)
        assert world.service in Service.objects.held_by(modifier, MODIFICATION)
        assert not member.has_perm(Profile.FACTURATION_MODIFICATION, world.service)
        assert not Service.objects.held_by(member, Profile.FACTURATION_MODIFICATION).exists()

    def test_a_service_that_opens_again_wakes_its_rights(self, world, now):
        member = world.person("service_member")
        Service.objects.filter(pk=world.service.pk).update(active_until=now)
        asleep = member.has_perm(Profile.FACTURATION_MODIFICATION, world.service)

        Service.objects.filter(pk=world.service.pk).update(active_until=None)

        assert not asleep
        assert member.has_perm(Profile.FACTURATION_MODIFICATION, world.service)

    def test_what_is_asked_is_the_state_in_the_database_and_not_the_object_in_hand(self, world, now):
        gp, member = world.person("gp"), world.person("service_member")
        structure, service = world.structure, world.service
        Structure.objects.filter(pk=structure.pk).update(is_active=False)

        assert structure.is_active
        assert not gp.has_perm(MODIFICATION, structure)
        assert not member.has_perm(Profile.FACTURATION_MODIFICATION, service)
        assert rights.gate().profiles_on(gp, [structure], at=now) == {structure: frozenset()}
        assert not rights.gate().holders(User.objects.all(), MODIFICATION, structure, at=now)

    def test_the_clock_of_the_question_is_the_one_passed_in(self, world, now):
        gp = world.person("gp")
        gp.attachments.update(ends_at=now + timedelta(days=1))
        gate = rights.gate()

        for at, held in ((now, {world.structure}), (now + timedelta(days=1), set())):
            assert set(Structure.objects.held_by(gp, MODIFICATION, at=at)) == held
            assert set(Structure.objects.visible_to(gp, at=at)) == held
            assert set(Service.objects.filter(pk=world.service.pk).readable_by(gp, at=at)) == (
                held and {world.service}
            )
            assert bool(gate.profiles_on(gp, [world.structure], at=at)[world.structure]) == bool(held)
            assert set(gate.holders(User.objects.all(), MODIFICATION, world.structure, at=at)) == (held and {gp})

    def test_services_held_by_themselves_can_be_told_from_those_that_the_structure_covers(self, world, now):
        member, modifier = world.person("service_member"), world.person("modifier")
        gate = rights.gate()

        def held(user, **options):
            services = Service.objects.filter(structure=world.structure)
            return set(gate.held(services, user, Profile.FACTURATION_CONSULTATION, at=now, **options))

        assert held(modifier) == {world.service, world.other_service}
        assert held(modifier, covered=False) == set()
        assert held(member) == held(member, covered=False) == {world.service}

    def test_at_both_levels_each_row_lives_and_dies_with_the_attachment_of_its_own(self, world, now):
        member = world.person("service_member")
        whole = attach(user_id=member.pk, structure_id=world.structure.pk, by=None, at=LONG_AGO)
        grant(attachment=whole, profiles={MODIFICATION}, by=None, at=LONG_AGO)
        before = member.has_perm(MODIFICATION, world.service)

        Attachment.objects.filter(pk=whole.pk).update(ends_at=now)

        assert before
        assert not member.has_perm(MODIFICATION, world.service)
        assert member.has_perm(Profile.FACTURATION_MODIFICATION, world.service)

    def test_a_page_without_objects_asks_nothing(self, world):
        with CaptureQueriesContext(connection) as queries:
            assert rights.gate().profiles_on(world.person("stranger"), []) == {}

        assert [query["sql"] for query in queries if "habilitation" in query["sql"]] == []

    def test_nobody_holds_or_sees_anything(self, world):
        nobody = AnonymousUser()

        with CaptureQueriesContext(connection) as queries:
            assert not nobody.has_perm(MODIFICATION, world.structure)
            assert not Structure.objects.visible_to(nobody)
            assert not Service.objects.readable_by(nobody)
            assert rights.gate().profiles_on(nobody, [world.structure]) == {world.structure: frozenset()}

        assert len(queries) == 0


class TestWhatDjangoAsks:
    def test_all_permissions_are_those_of_the_gate_with_what_they_imply(self, world):
        modifier, member = world.person("modifier"), world.person("service_member")

        assert modifier.get_all_permissions(world.structure) == defaults(is_public=True) | GIVES[MODIFICATION]
        assert member.get_all_permissions(world.service) == defaults(is_public=True)
        assert member.get_all_permissions(world.structure) == set()

    @pytest.mark.parametrize("asleep", ["account", "structure", "attachment"])
    def test_all_permissions_sleep_when_the_gate_is_closed(self, world, now, asleep):
        gp = world.person("gp")
        asleep_rows = {
            "account": (User.objects, {"state": AccountState.SUSPENDU}),
            "structure": (Structure.objects, {"is_active": False}),
            "attachment": (gp.attachments, {"ends_at": now}),
        }
        rows, change = asleep_rows[asleep]
        rows.update(**change)

        assert User.objects.get(pk=gp.pk).get_all_permissions(world.structure) == set()

    def test_what_the_tables_of_guardian_say_gives_nothing(self, world):
        stranger, group = world.person("stranger"), Group.objects.create(name="amis")
        stranger.groups.add(group)
        right = {
            "content_type": ContentType.objects.get_for_model(Structure),
            "object_pk": str(world.structure.pk),
            "permission": Permission.objects.get(codename=MODIFICATION, content_type__model="structure"),
        }
        UserObjectPermission.objects.create(user=stranger, **right)
        GroupObjectPermission.objects.create(group=group, **right)

        assert not stranger.has_perm(MODIFICATION, world.structure)
        assert stranger.get_all_permissions(world.structure) == set()
        assert stranger.get_group_permissions(world.structure) == set()


class TestRowsThatRightsStandOn:
    @pytest.mark.parametrize("kept", ["user", "granted_by", "content_object", "permission"])
    @pytest.mark.parametrize("model", [Structure, Service])
    def test_what_a_row_refers_to_is_not_deleted(self, db, model, kept):
        row = ROWS[model].objects.create(
            user=UserFactory(),
            content_object=StructureFactory() if model is Structure else ServiceFactory(),
            permission_id=permissions.ids(model, [MODIFICATION])[0],
            granted_by=UserFactory(),
        )

        with pytest.raises(ProtectedError):
            getattr(row, kept).delete()

    @pytest.mark.parametrize("kept", ["user", "structure", "service", "started_by", "ended_by"])
    def test_what_an_attachment_refers_to_is_not_deleted(self, db, now, kept):
        service = ServiceFactory()
        attachment = Attachment.objects.create(
            user=UserFactory(),
            structure=service.structure,
            service=service,
            started_at=LONG_AGO,
            started_by=UserFactory(),
            ended_at=now,
            ended_by=UserFactory(),
        )

        with pytest.raises(ProtectedError):
            getattr(attachment, kept).delete()

    def test_the_gp_is_not_deleted(self, db):
        gp = make_gp(StructureFactory())
        StructureHabilitation.objects.all().delete()
        Attachment.objects.all().delete()

        with pytest.raises(ProtectedError):
            gp.delete()

    def test_the_tables_of_guardian_stay_empty(self, db):
        for name in ACTORS:
            World().person(name)

        assert not UserObjectPermission.objects.exists()
        assert not GroupObjectPermission.objects.exists()

    def test_no_single_column_index_misleads_the_planner(self, db):
        with connection.cursor() as cursor:
            for table in ("habilitations_structurehabilitation", "habilitations_servicehabilitation"):
                found = connection.introspection.get_constraints(cursor, table).values()
                single = [index["columns"] for index in found if index["index"] and len(index["columns"]) == 1]
                assert [columns for columns in single if columns != ["id"]] == []


class TestTheIdsOfPermissions:
    def test_a_flush_gives_new_ids_and_they_are_read_again(self, transactional_db):
        before = permissions.ids(Structure, Profile)

        call_command("flush", interactive=False, reset_sequences=False, verbosity=0)

        after = permissions.ids(Structure, Profile)
        assert not set(before) & set(after)
        assert Permission.objects.filter(pk__in=after, codename__in=Profile).count() == 20

    def test_rights_work_after_a_flush(self, transactional_db):
        call_command("flush", interactive=False, reset_sequences=False, verbosity=0)
        structure = StructureFactory()

        gp = make_gp(structure)

        assert gp.has_perm(MODIFICATION, structure)
        assert rights.gate().profiles_on(gp, [structure])[structure] >= {MODIFICATION}

    @pytest.fixture
    def forgetful(self, db):
        """What was read in a transaction that is rolled back must not be remembered."""
        yield
        permissions.forget()

    def test_a_permission_born_after_the_start_is_found(self, forgetful):
        [pk] = permissions.ids(Service, [Profile.MARCHE_CONSULTATION])
        Permission.objects.filter(pk=pk).update(codename="not_yet")
        permissions.forget()
        with pytest.raises(
            ImproperlyConfigured, match="No permission for marche_consultation on Service: run migrate"
        ):
            permissions.ids(Service, [Profile.MARCHE_CONSULTATION])

        Permission.objects.filter(pk=pk).update(codename=Profile.MARCHE_CONSULTATION)

        assert permissions.ids(Service, [Profile.MARCHE_CONSULTATION]) == [pk]

    def test_ids_come_in_ascending_order(self, db):
        ids = permissions.ids(Structure, reversed(Profile))

        assert ids == sorted(ids)
        assert len(ids) == 20


def test_there_is_one_gate(settings):
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    with pytest.raises(ImproperlyConfigured, match="0 found"):
        rights.gate()
    settings.AUTHENTICATION_BACKENDS = ["habilitations.backends.HabilitationBackend"] * 2
    with pytest.raises(ImproperlyConfigured, match="2 found"):
        rights.gate()
