"""« Gérer mes habilitations »: ask for more, give one up (domain, 7.5)."""

from django import forms

from chorus_org.kernel.common.forms import Form
from habilitations.forms.grants import ProfilesField, named
from habilitations.forms.requests import AskForm
from structures.profiles import Profile


class AskProfilesForm(Form):
    """What one wishes to hold more."""

    profiles = ProfilesField(
        label="Profils demandés",
        required=True,
        error_messages={
            "required": "Cochez au moins un profil que vous ne détenez pas.",
            "invalid_choice": "Choisissez parmi les profils proposés.",
        },
    )
    comment = AskForm.base_fields["comment"]

    @property
    def ticked(self) -> set[Profile]:
        return named(self["profiles"].value())


class GiveUpForm(Form):
    profile = forms.TypedChoiceField(
        choices=[(profile.name, profile.label) for profile in Profile],
        coerce=lambda name: Profile[name],
        widget=forms.HiddenInput,
        error_messages={
            "invalid_choice": "Choisissez un de vos profils.",
            "required": "Choisissez un de vos profils.",
        },
    )

    @property
    def chosen(self) -> Profile | None:
        return Profile.__members__.get(self["profile"].value() or "")
