"""The gate against the rule, in small random worlds (rights, « What is asked », 1 to 6).

Each world is asked in every way the product asks: the check, the list, the narrowed list, the page's profiles, the
people who hold. All must say what an oracle in plain Python says, which shares no code with the gate. Rows are written
directly: the gate must also be right where no operation would lead. CHORUS_WORLDS asks for more worlds.
"""

import os
import random
from datetime import timedelta
from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chorus_org.kernel.common import rights
from habilitations.models import Attachment, ServiceHabilitation, StructureHabilitation
from services.models import Service
from structures.models import Structure
from structures.profiles import Profile
from tests.support.factories import LONG_AGO, ServiceFactory, StructureFactory, UserFactory
from users.models import AccountState, User

WORLDS = int(os.environ.get("CHORUS_WORLDS", "40"))
INSTANT = timedelta(microseconds=1)


class Rule:
    """The rule of rights over rows loaded once."""

    def __init__(self, at):
        self.at = at
        self.attachments = list(Attachment.objects.values())
        self.structures = {row["id"]: row for row in Structure.objects.values()}
        self.services = {row["id"]: row for row in Service.objects.values()}
        self.boxes = {}
        for model, table in (("structure", StructureHabilitation), ("service", ServiceHabilitation)):
            of_model = Permission.objects.filter(content_type__model=model)
            names = dict(of_model.values_list("id", "codename"))
            for row in table.objects.filter(permission__in=of_model).values():
                boxes = self.boxes.setdefault((model, row["user_id"], row["content_object_id"]), set())
                boxes.add(names[row["permission_id"]])

    def is_held(self, user, profile, obj):
        return profile in self.profiles(user, obj)

    def profiles(self, user, obj):
        boxes = (
            self._ticked_on_structure(user, obj) if isinstance(obj, Structure) else self._ticked_on_service(user, obj)
        )
        return set().union(*map(implied, boxes)) & set(Profile.values)

    def is_visible(self, user, obj):
        if not user.is_active:
            return False
        if isinstance(obj, Structure):
            return any(row["structure_id"] == obj.pk for row in self._live(user))
        return self._attached(user, obj.structure_id, None) or self._attached(user, obj.structure_id, obj.pk)

    def is_readable(self, user, service):
        if not user.is_active:
            return False
        boxes = self._ticked("structure", user, service.structure_id, None)
        by_structure = any("organisation_consultation" in implied(box) for box in boxes)
        return by_structure or self._attached(user, service.structure_id, service.pk)

    def _ticked_on_structure(self, user, structure):
        return self._ticked("structure", user, structure.pk, None)

    def _ticked_on_service(self, user, service):
        """A structure's boxes cover its services, closed ones too; a service's own sleep with it."""
        yield from self._ticked("structure", user, service.structure_id, None)
        if self._is_open(service):
            yield from self._ticked("service", user, service.structure_id, service.pk)

    def _ticked(self, model, user, structure_id, service_id):
        """The boxes of one level, if the attachment of that same level carries them and all is in activity."""
        if not (user.is_active and self.structures[structure_id]["is_active"]):
            return set()
        if not self._attached(user, structure_id, service_id):
            return set()
        return self.boxes.get((model, user.pk, service_id or structure_id), set())

    def _live(self, user):
        for row in self.attachments:
            is_running = row["ended_at"] is None and (row["ends_at"] is None or row["ends_at"] > self.at)
            if row["user_id"] == user.pk and row["started_at"] <= self.at and is_running:
                yield row

    def _attached(self, user, structure_id, service_id):
        level = (structure_id, service_id)
        return any((row["structure_id"], row["service_id"]) == level for row in self._live(user))

    def _is_open(self, service):
        row = self.services[service.pk]
        is_running = row["active_until"] is None or row["active_until"] > self.at
        return row["deleted_at"] is None and row["active_from"] <= self.at and is_running


def implied(profile):
    """What one box gives, as rights.md says it in words."""
    domain, _, verb = profile.rpartition("_")
    if profile == "organisation_modification":
        return {"organisation_modification", "rattachement_validation", "organisation_consultation"}
    if profile == "rattachement_validation":
        return {"rattachement_validation", "organisation_consultation"}
    return {profile, f"{domain}_consultation"} if verb in {"modification", "validation"} else {profile}


class RandomWorld:
    """A few people, structures and services with every state that counts, and rows that nothing need carry."""

    def __init__(self, seed, at):
        self.draw = random.Random(seed)  # noqa: S311 - a world to make again from its number
        self.at = at
        self.profiles = self._profiles()
        self.users = self._users()
        self.structures = Structure.objects.bulk_create(
            StructureFactory.build(is_active=self.draw.random() < 0.75) for _ in range(2)
        )
        self.services = Service.objects.bulk_create(
            ServiceFactory.build(structure=self.draw.choice(self.structures), **self._period()) for _ in range(3)
        )
        levels = [(structure, None) for structure in self.structures]
        levels += [(service.structure, service) for service in self.services]
        Attachment.objects.bulk_create(
            attachment
            for user, (structure, service) in product(self.users, levels)
            for attachment in self._attachments(user, structure, service)
        )
        self._tick(StructureHabilitation, self.structures)
        self._tick(ServiceHabilitation, self.services)

    @property
    def objects(self):
        return [*self.structures, *self.services]

    def _profiles(self):
        """A few to ask about: a row of one often gives another."""
        asked = [Profile.ORGANISATION_CONSULTATION, self.draw.choice(list(Profile))]
        return [*asked, self.draw.choice([Profile.RATTACHEMENT_VALIDATION, Profile.FACTURATION_CONSULTATION])]

    def _users(self):
        kinds = [{}, {"is_superuser": True, "is_staff": True}, {"state": AccountState.SUSPENDU}]
        return User.objects.bulk_create(
            UserFactory.build(email=f"personne{n}@example.org", password="!", **kind) for n, kind in enumerate(kinds)
        )

    def _period(self):
        """When a service is active; two times out of three, now."""
        at, states = self.at, [{}, {"active_from": self.at}, {"active_until": self.at + INSTANT}]
        closed = [{"active_from": at + INSTANT}, {"active_until": at}, {"deleted_at": at}]
        return self.draw.choice([*states, *states, *closed])

    def _attachments(self, user, structure, service):
        """At most one that has not ended, and the traces of former ones."""
        at = self.at
        live = [{}, {"started_at": at}, {"ends_at": at + INSTANT}]
        asleep = [None, {"started_at": at + INSTANT}, {"ends_at": at}]
        spans = [self.draw.choice([*live, *live, *asleep])]
        if self.draw.random() < 0.3:
            spans.append({"ended_at": self.draw.choice([at, LONG_AGO])})
        for span in spans:
            if span is not None:
                yield Attachment(user=user, structure=structure, service=service, **{"started_at": LONG_AGO, **span})

    def _tick(self, table, objects):
        """Boxes: of the profiles asked about or of others, now and then a permission that is none of this model's."""
        mine = Permission.objects.filter(content_type__model=table.content_object.field.related_model._meta.model_name)
        ids = dict(mine.values_list("codename", "id"))
        strange = [pk for pk in Permission.objects.values_list("id", flat=True) if pk not in ids.values()]
        givers = [name for name in Profile.values if implied(name) & set(self.profiles)]
        rows = set()
        for user, obj in product(self.users, objects):
            if self.draw.random() < 0.6:
                rows |= {(user.pk, obj.pk, ids[self.draw.choice(givers)])}
                rows |= {(user.pk, obj.pk, ids[self.draw.choice(Profile.values)])}
            if self.draw.random() < 0.1:
                rows |= {(user.pk, obj.pk, self.draw.choice(strange))}
        table.objects.bulk_create(
            table(user_id=user, content_object_id=obj, permission_id=permission) for user, obj, permission in rows
        )


@pytest.mark.parametrize("seed", range(WORLDS))
def test_every_way_of_asking_says_what_the_rule_says(db, now, seed):
    world = RandomWorld(seed, now)
    rule = Rule(now)
    gate = rights.gate()
    people = [*world.users, AnonymousUser()]

    for model, objects in ((Structure, world.structures), (Service, world.services)):
        narrow = model.objects.filter(pk__in=[obj.pk for obj in objects[1:]])
        for user in people:
            assert gate.profiles_on(user, objects, at=now) == {obj: rule.profiles(user, obj) for obj in objects}
            for profile in world.profiles:
                expected = {obj.pk for obj in objects if rule.is_held(user, profile, obj)}
                with CaptureQueriesContext(connection) as queries:
                    assert {obj.pk for obj in objects if user.has_perm(profile, obj)} == expected
                assert len(queries) == (len(objects) if user.is_active else 0)
                assert pks(model.objects.held_by(user, profile)) == expected
            assert pks(narrow.held_by(user, profile, at=now)) == expected - {objects[0].pk}
            assert pks(model.objects.visible_to(user)) == {obj.pk for obj in objects if rule.is_visible(user, obj)}
        for obj, profile in product(objects, world.profiles):
            expected = {user.pk for user in world.users if rule.is_held(user, profile, obj)}
            assert pks(gate.holders(User.objects.all(), profile, obj, at=now)) == expected
    for user in people:
        with CaptureQueriesContext(connection) as queries:
            shown = gate.profiles_on(user, world.objects, at=now)
        assert shown == {obj: rule.profiles(user, obj) for obj in world.objects}
        assert len(queries) == (1 if user.is_active else 0)
        readable = {service.pk for service in world.services if rule.is_readable(user, service)}
        assert pks(Service.objects.readable_by(user)) == readable


def pks(queryset):
    rows = list(queryset.values_list("pk", flat=True))
    assert len(rows) == len(set(rows))
    return set(rows)
