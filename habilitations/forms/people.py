"""Choosing a person by structure, then service, then name: the same for every page that is about one (guide, 3.4)."""

from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse

from chorus_org.kernel.common.choosing import ObjectField
from chorus_org.kernel.common.lists import FilterForm
from habilitations.models import Attachment
from habilitations.reach import Reach, people_by_name, people_named, with_address, with_contact
from services.models import ServiceQuerySet
from structures.models import StructureQuerySet
from structures.profiles import Profile


def _searched(name: str) -> dict[str, str]:
    """As one types, the answer takes the place of what was found; the rest of the form stays."""
    return {
        "hx-get": "",
        "hx-include": "closest form",
        "hx-trigger": "input changed delay:300ms",
        "hx-target": f"#trouves-{name}",
        "hx-select": f"#trouves-{name}",
        "hx-swap": "outerHTML",
        "hx-sync": "this:replace",
    }


class PersonForm(FilterForm):
    """Which attachment a page is about; its choices are in the address, so that the page can be kept and sent.

    :param reach: what the person may name.
    """

    structure = ObjectField(
        label="Structure",
        search=StructureQuerySet.named,
        asks=_searched("structure"),
        error_messages={"required": "Choisissez la structure."},
    )
    service = ObjectField(
        label="Service",
        search=ServiceQuerySet.named,
        none="Toute la structure",
        asks=_searched("service"),
        required=False,
        help_text="À choisir seulement si la personne est rattachée exclusivement à ce service.",
    )
    user = ObjectField(
        label="Utilisateur",
        search=people_named,
        named=with_address,
        none="Choisissez une personne",
        asks=_searched("user"),
        error_messages={"required": "Choisissez la personne."},
    )

    def __init__(self, asked: QueryDict, *, reach: Reach) -> None:
        super().__init__(asked)
        self.reach = reach
        if reach.profile != Profile.ORGANISATION_MODIFICATION:
            user: Any = self.fields["user"]
            user.search, user.named = people_by_name, with_contact
        structure = self._choose("structure", reach.structures, first=True)
        covered = bool(structure) and reach.covers(structure)
        if structure:
            self.fields["service"].none = "Toute la structure" if covered else ""
            service = self._choose("service", reach.services(structure, covered=covered), first=not covered)
            if covered or service:
                self._choose("user", reach.people(structure, service))

    @property
    def is_empty(self) -> bool:
        """Whether the person may name no structure at all."""
        return not self.fields["structure"].options

    @property
    def people(self) -> bool:
        """Whether there is somebody to choose."""
        return bool(self.fields["user"].options)

    def forgive(self) -> None:
        """Say nothing of what is not chosen yet: the form is being filled in."""
        for name in ("structure", "user"):
            if self.has_error(name, "required"):
                del self.errors[name]

    @cached_property
    def attachment(self) -> Attachment | None:
        """The attachment of the person chosen, with what its page shows of it."""
        chosen = self.cleaned_data
        if self.errors or not chosen.get("user"):
            return None
        live = Attachment.objects.live(self.reach.at).select_related("structure", "service", "user", "started_by")
        there = live.filter(user=chosen["user"], structure=chosen["structure"], service=chosen["service"])
        return next(iter(there), None)  # one at most: no need of an order

    def address(self, name: str) -> str:
        """The page of that name, about the person chosen."""
        return reverse(name, query={field: self.data[field] for field in self.fields if self.data.get(field)})

    def _choose(self, name: str, rows: Any, *, first: bool = False) -> Any:
        """Offer the rows, and give the one that is chosen; the first, where a list must have one."""
        field: Any = self.fields[name]
        typed = self.asked.get(f"{name}_q", "")
        chosen = self.data.get(name)
        shown = field.offer(rows, chosen=[chosen] if chosen else [], typed=typed)
        if not chosen and first and shown and not field.is_searched:
            self.data[name] = str(shown[0].public_id)
            return shown[0]
        try:
            return field.clean(chosen)
        except forms.ValidationError:
            return None
