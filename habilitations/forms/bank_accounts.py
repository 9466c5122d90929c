"""« Coordonnées bancaires » (domain, 3.7)."""

from typing import Any, ClassVar

from django import forms

from chorus_org.kernel.common.forms import Block, Form, TextField
from structures.models import BankAccount


class BankAccountForm(Form):
    label = TextField(
        label="Libellé", max_length=99, help_text="Pour la reconnaître, par exemple «\u00a0Compte principal\u00a0»."
    )
    holder = TextField(label="Titulaire", max_length=99)
    iban = TextField(
        label="IBAN",
        max_length=60,
        help_text="Par exemple FR76 3000 6000 0112 3456 7890 189.",
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off", "spellcheck": "false"}),
    )
    bic = TextField(
        label="BIC",
        max_length=20,
        required=False,
        help_text="8 ou 11 caractères, par exemple AGRIFRPP.",
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off", "spellcheck": "false"}),
    )

    layout: ClassVar[tuple[Block, ...]] = (
        Block(
            "bloc-compte",
            "Compte",
            "Le gestionnaire principal est averti de chaque changement.",
            ("label", "holder", "iban", "bic"),
        ),
    )

    def __init__(self, *args: Any, account: BankAccount | None = None, **kwargs: Any) -> None:
        initial = {name: getattr(account, name) for name in self.base_fields} if account else {}
        super().__init__(*args, initial=initial, **kwargs)
