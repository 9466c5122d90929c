"""« Disponibilité »: from when to when one is absent, and who answers meanwhile (domain, 1.5)."""

from datetime import datetime
from typing import Any, ClassVar

from chorus_org.kernel.common.addresses import address_lazy
from chorus_org.kernel.common.choosing import ObjectField, searching
from chorus_org.kernel.common.forms import Block, Form, ParisDateTimeField
from habilitations.approvers import peers
from habilitations.reach import people_by_name, with_contact


class AbsenceForm(Form):
    absent_from = ParisDateTimeField(
        label="Absent à partir du", error_messages={"required": "Saisissez le début de l’absence."}
    )
    absent_until = ParisDateTimeField(
        label="Absent jusqu’au", error_messages={"required": "Saisissez la fin de l’absence."}
    )
    substitute = ObjectField(
        label="Remplaçant",
        search=people_by_name,
        named=with_contact,
        none="Personne",
        asks=searching(address_lazy("people:absence"), "substitute"),
        required=False,
        help_text="Parmi les personnes qui peuvent approuver là où vous le pouvez. Elle n’y gagne aucun droit.",
    )

    layout: ClassVar[tuple[Block, ...]] = (
        Block(
            "bloc-absence",
            "Absence",
            "Ceux qui vous adressent une demande le sauront\u00a0; votre remplaçant en recevra les courriels.",
            (("absent_from", "absent_until"), "substitute"),
        ),
    )

    def __init__(self, *args: Any, user: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["substitute"]
        chosen = self["substitute"].value()
        field.offer(
            peers(user, at=at), chosen=[str(chosen)] if chosen else [], typed=self.data.get("substitute_q", "")
        )

    def values(self) -> dict[str, Any]:
        chosen = dict(self.cleaned_data)
        substitute = chosen.pop("substitute")
        return {**chosen, "substitute_id": substitute and substitute.pk}
