"""The setting of a structure for those who come (domain, 7.3)."""

from django import forms

from chorus_org.kernel.common.forms import Form


class NewcomersForm(Form):
    newcomers_validate = forms.BooleanField(
        label="Les nouveaux rattachés peuvent accepter des rattachements",
        required=False,
        help_text="Le profil «\u00a0Rattachement validation\u00a0» vient alors avec chaque rattachement.",
    )
    take_back = forms.BooleanField(
        label="Retirer aussi ce profil à ceux qui l’ont",
        required=False,
        help_text="Ceux qui gèrent la structure le gardent. Chacun en est informé par courriel.",
    )
