"""Profiles as boxes, by application: what is ticked, what one may give, what implies what (guide, 3.4)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django import forms

from structures.profiles import Profile

WAYS = ("consultation", "modification", "validation")
LABELS = {"consultation": "Consultation", "modification": "Modification", "validation": "Validation"}


@dataclass(frozen=True)
class Box:
    """One profile of the grid.

    :param ticked: held, asked or usual.
    :param why_not: why the person who looks may not give nor take it; empty where they may.
    """

    id: str
    profile: Profile
    label: str
    ticked: bool
    asked: bool
    why_not: str


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
            error_messages={"invalid_choice": "Choisissez parmi les profils proposés."},
            **{"required": False, "label": "Profils", **kwargs},
        )


def grid(
    *,
    ticked: Collection[Profile],
    suiting: Collection[Profile],
    may_give: Collection[Profile],
    asked: Collection[Profile] = (),
) -> list[Line]:
    """The boxes of the profiles that suit a structure.

    :param may_give: those that the person who looks may give and take.
    """
    reasons = dict.fromkeys(set(suiting) - set(may_give), "Vous ne le détenez pas vous-même.")
    lines: dict[str, dict[str, Box]] = {}
    for number, profile in enumerate(each for each in Profile if each in suiting):
        application, way = application_of(profile)
        label = profile.label if profile == Profile.RATTACHEMENT_VALIDATION else LABELS[way]
        id = f"id_profiles_{number}"  # as the boxes of a field: the summary of errors leads to the first
        box = Box(id, profile, label, profile in ticked, profile in asked, reasons.get(profile, ""))
        lines.setdefault(application, {})[way] = box
    return [Line(application, tuple(boxes.get(way) for way in WAYS)) for application, boxes in lines.items()]


def application_of(profile: Profile) -> tuple[str, str]:
    """« Factures de travaux » and « modification »; « Rattachement validation » stands with the organisation."""
    name, _, way = profile.label.rpartition(" ")
    return ("Organisation" if profile == Profile.RATTACHEMENT_VALIDATION else name), way
