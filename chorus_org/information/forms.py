"""« Écrire une actualité », « Nous contacter », and what operators answer."""

from typing import Any, ClassVar

from django import forms

from chorus_org.information.models import (
    MESSAGE_MAX,
    SUBJECT_MAX,
    SUMMARY_MAX,
    TEXT_MAX,
    News,
    NewsAudience,
    NewsDomain,
)
from chorus_org.kernel.common.forms import AddressField, Block, Form, ParisDateTimeField, TextField
from chorus_org.kernel.common.lists import FilterForm
from chorus_org.kernel.common.trap import TrapForm


class NewsForm(Form):
    title = TextField(label="Titre", max_length=150)
    summary = TextField(
        label="Résumé",
        max_length=SUMMARY_MAX,
        help_text=f"{SUMMARY_MAX} caractères au maximum\u00a0; il figure dans la liste et sur "
        f"«\u00a0Organisation\u00a0».",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    text = TextField(
        label="Texte",
        max_length=TEXT_MAX,
        help_text="Markdown\u00a0: **gras**, *italique*, listes, [lien](https://…), ### titre. Pas de HTML.",
        widget=forms.Textarea(attrs={"rows": 14}),
    )
    domain = forms.ChoiceField(label="Domaine", choices=NewsDomain.choices, initial=NewsDomain.ORGANISATION)
    audience = forms.ChoiceField(label="Public", choices=NewsAudience.choices, initial=NewsAudience.TOUS)
    published_from = ParisDateTimeField(label="Publiée à partir du")
    published_until = ParisDateTimeField(label="Publiée jusqu’au", required=False, help_text="Facultatif.")

    layout: ClassVar[tuple[Block, ...]] = (
        Block(
            "bloc-texte", "Texte", "Il est montré tel qu’il sera avant d’être publié.", ("title", "summary", "text")
        ),
        Block(
            "bloc-publication",
            "Publication",
            "Heure de Paris.",
            (("domain", "audience"), ("published_from", "published_until")),
        ),
    )

    def __init__(self, *args: Any, news: News | None = None, **kwargs: Any) -> None:
        initial = {name: getattr(news, name) for name in self.base_fields} if news else {}
        super().__init__(*args, initial={**kwargs.pop("initial", {}), **initial}, **kwargs)


class NewsFilter(FilterForm):
    domain = forms.ChoiceField(label="Domaine", required=False, choices=[("", "Tous"), *NewsDomain.choices])
    audience = forms.ChoiceField(
        label="Public", required=False, choices=[("", "Tous"), *(one for one in NewsAudience.choices[1:])]
    )

    def narrow(self, rows: Any, **chosen: Any) -> Any:
        if "domain" in chosen:
            rows = rows.filter(domain=chosen["domain"])
        return rows.filter(audience__in=[chosen["audience"], NewsAudience.TOUS]) if "audience" in chosen else rows


class GuideFilter(FilterForm):
    q = TextField(label="Chercher une tâche", required=False, max_length=100)


class ContactForm(TrapForm):
    email = AddressField(
        label="Adresse électronique", autocomplete="email", missing="Saisissez votre adresse électronique."
    )
    email_again = AddressField(
        label="Confirmez votre adresse électronique",
        autocomplete="off",
        missing="Saisissez votre adresse une seconde fois.",
    )
    subject = TextField(label="Objet", max_length=SUBJECT_MAX)
    message = TextField(
        label="Message",
        max_length=MESSAGE_MAX,
        help_text="Dites ce que vous vouliez faire et ce qui s’est passé. Aucun mot de passe.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    page = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    layout: ClassVar[tuple[Block, ...]] = (
        Block("bloc-vous", "Vous", "La réponse arrive à cette adresse.", (("email", "email_again"),)),
        Block(
            "bloc-question",
            "Votre question",
            "Une copie vous est envoyée, avec son numéro.",
            ("subject", "message", "website"),
        ),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("email") and cleaned.get("email_again") not in (None, cleaned["email"]):
            self.add_error("email_again", "Les deux adresses diffèrent. Vérifiez-les.")
        return cleaned

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("email", "subject", "message", "page")}


class AnswerForm(Form):
    text = TextField(
        label="Réponse",
        max_length=MESSAGE_MAX,
        help_text="Elle part par courriel, avec la question dessous.",
        widget=forms.Textarea(attrs={"rows": 10}),
    )
