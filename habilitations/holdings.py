"""What attachments carry: the rows of rights of their own level (rights, « What is asked », 1)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from habilitations import permissions
from habilitations.backends import ROWS
from habilitations.models import Attachment
from structures.profiles import Profile


def carried(attachments: Sequence[Attachment], *, named: bool = False) -> dict[int, dict[Profile, Any]]:
    """{attachment: {profile: the row that gives it}}: one query for structures, one for services, where there are.

    :param named: the rows are read with who gave them.
    """
    held: dict[int, dict[Profile, Any]] = defaultdict(dict)
    for model, rows in ROWS.items():
        carriers = {(each.user_id, each.target.pk): each.pk for each in attachments if each.level is model}
        if not carriers:
            continue
        users, targets = map(set, zip(*carriers, strict=True))
        names = permissions.profiles_of(model)
        found = rows.objects.filter(user__in=users, content_object__in=targets)
        for row in found.select_related("granted_by") if named else found:
            if (row.user_id, row.content_object_id) in carriers:
                held[carriers[row.user_id, row.content_object_id]][names[row.permission_id]] = row
    return held
