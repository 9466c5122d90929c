"""Profiles as boxes, by application: what is ticked, what one may give, what implies what (guide, 3.4)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from chorus_org.kernel.common.forms import Form
from structures.profiles import GIVEN_BY, PERMITS, Profile, given

WAYS = ("consultation", "modification", "validation")
CONFLICT = 409
LABELS = {"consultation": "Consultation", "modification": "Modification", "validation": "Validation"}


@dataclass(frozen=True)
class Box:
    """One profile of the grid.

    :param ticked: held, asked or usual.
    :param why_not: why the person who looks may not give nor take it; empty where they may.
    :param is_implied: another ticked box gives it: it is ticked, and locked as long as that one is.
    """

    id: str
    profile: Profile
    label: str
    ticked: bool
    asked: bool
    why_not: str
    is_implied: bool

    @property
    def permits(self) -> str:
        return PERMITS[self.profile]

    @property
    def given_by(self) -> str:
        """The profiles that imply this one, as the values of their boxes."""
        return " ".join(one.name for one in Profile if one in GIVEN_BY[self.profile] and one != self.profile)


@dataclass(frozen=True)
class Line:
    """An application, with its boxes in the order consultation, modification, validation; None where there is none."""

    application: str
    boxes: tuple[Box | None, ...]


class ProfilesField(forms.TypedMultipleChoiceField):
    """The profiles whose boxes are ticked; their values are the codes of the API, in capitals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=[(profile.name, profile.label) for profile in Profile],
            coerce=lambda name: Profile[name],
            empty_value=[],
            widget=forms.CheckboxSelectMultiple,
            **{
                "required": False,
                "label": "Profils",
                "error_messages": {"invalid_choice": "Choisissez parmi les profils proposés."},
                **kwargs,
            },
        )


class ProfilesForm(Form):
    """What stays ticked is held.

    :param seen: the profiles that the attachment carried when the boxes were shown.
    """

    profiles = ProfilesField()
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    is_cleared = False  # « Supprimer tout »: nothing is ticked any more

    @property
    def ticked(self) -> set[Profile]:
        return named(self["profiles"].value())

    @property
    def keeps_ticks(self) -> bool:
        """Whether the boxes show what was ticked: not once somebody else changed what is held."""
        return self["profiles"].value() is not None and self.status != CONFLICT

    def clean_profiles(self) -> list[Profile]:
        return [] if self.is_cleared else self.cleaned_data["profiles"]

    def clean_seen(self) -> set[Profile]:
        """Names that are no profile's are as others than those held: the fresh boxes are shown."""
        return named(self.cleaned_data["seen"].split())


def named(names: Any) -> set[Profile]:
    """The profiles of these codes; what is no profile's is none."""
    return {Profile[name] for name in names or () if name in Profile.__members__}


def grid(
    *,
    ticked: Collection[Profile],
    suiting: Collection[Profile],
    may_give: Collection[Profile],
    asked: Collection[Profile] = (),
    fixed: Mapping[Profile, str] | None = None,
) -> list[Line]:
    """The boxes of the profiles that suit a structure.

    :param may_give: those that the person who looks may give and take.
    :param fixed: those that stay whatever the person may, and why.
    """
    reasons = dict.fromkeys(set(suiting) - set(may_give), "Vous ne le détenez pas vous-même.") | dict(fixed or {})
    held = given(ticked)
    lines: dict[str, dict[str, Box]] = {}
    for number, profile in enumerate(each for each in Profile if each in suiting):
        application, way = application_of(profile)
        label = profile.label if profile == Profile.RATTACHEMENT_VALIDATION else LABELS[way]
        id = f"id_profiles_{number}"  # as the boxes of a field: the summary of errors leads to the first
        implied = any(one != profile and one in ticked for one in GIVEN_BY[profile])
        box = Box(id, profile, label, profile in held, profile in asked, reasons.get(profile, ""), implied)
        lines.setdefault(application, {})[way] = box
    return [Line(application, tuple(boxes.get(way) for way in WAYS)) for application, boxes in lines.items()]


def application_of(profile: Profile) -> tuple[str, str]:
    """« Factures de travaux » and « modification »; « Rattachement validation » stands with the organisation."""
    name, _, way = profile.label.rpartition(" ")
    return ("Organisation" if profile == Profile.RATTACHEMENT_VALIDATION else name), way
