"""« Détacher un utilisateur » (domain, 6.5)."""

from typing import ClassVar

from chorus_org.kernel.common.forms import Block, Form, ParisDateTimeField, TextField
from habilitations.models.attachment import END_REASON_MAX


class DetachForm(Form):
    reason = TextField(
        label="Motif",
        required=False,
        max_length=END_REASON_MAX,
        help_text="Facultatif. La personne le lira dans le courriel qu’elle reçoit.",
    )
    ends_at = ParisDateTimeField(
        label="Date de fin", required=False, help_text="Sans date, le rattachement s’arrête à l’instant."
    )

    layout: ClassVar[tuple[Block, ...]] = (
        Block("bloc-fin", "Quand et pourquoi", "La personne en est informée par courriel.", ("reason", "ends_at")),
    )
