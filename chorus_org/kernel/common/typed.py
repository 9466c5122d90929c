"""What was typed into a form survives the end of the session that it was typed in (RGAA, 13.1).

A form carries whose page it is, signed, with the names of what may be kept of it. Sent when its session is over, or
with a token from before another login, it is refused as ever; what was typed stands in the server's session of that
browser, and fills the form when the same person comes back to its address. Nothing is sent by itself.
"""

import json
from typing import Any

from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, QueryDict
from django.utils import timezone

MARK, KEPT = "typed_by", "typed"  # the field of the form, and the place in the session
LASTS = 30 * 60
LIMIT = 64 * 2**10
SESSION_OVER = "Votre session avait pris fin."
LOGGED_IN_AGAIN = "Vous vous êtes reconnecté dans un autre onglet."
PROVED = "Vous avez confirmé que c’est vous."
FILLED = "Voici ce que vous aviez saisi\u00a0: vérifiez, puis envoyez."
TOO_LONG = "Ce que vous aviez saisi était trop long pour être gardé\u00a0: saisissez-le de nouveau."

_signer = Signer(salt="kernel.typed")


class Kept(QueryDict):
    """What was kept of a form, by field; a field that holds nothing is there, with nothing."""


def mark(user: Any, names: list[str]) -> str:
    """What a form carries: whose page it stands on, and which of its fields may be kept.

    :param names: never those of passwords, codes, keys and files (`Form.keepable`).
    """
    return _signer.sign_object([str(user.public_id), names])


def keep(request: HttpRequest, why: str) -> bool:
    """Keep what a request that is refused brought, for its author; whether there was something to keep.

    Only what comes from a form of this site is kept: it bears the mark, and no header names another origin.

    :param why: the sentence that says what happened, before « Voici ce que vous aviez saisi ».
    """
    if request.method != "POST" or not _is_from_here(request):
        return False
    try:
        owner, names = _signer.unsign_object(request.POST.get(MARK, ""))
    except BadSignature:
        return False
    if request.user.is_authenticated and str(request.user.public_id) != owner:
        return False
    fields = {name: request.POST.getlist(name) for name in names}
    if not any(any(values) for values in fields.values()):
        return False
    said = f"{why} {FILLED}"
    if len(json.dumps(fields)) > LIMIT:
        fields, said = {}, f"{why} {TOO_LONG}"
    request.session[KEPT] = {
        "owner": owner,
        "path": request.path,
        "at": timezone.now().timestamp(),
        "said": said,
        "fields": fields,
    }
    return True


def typed(request: HttpRequest) -> QueryDict | None:
    """What a form of this address is made of: what is sent to it, else what was kept of it, else None.

    What was kept is shown, and said, at each visit until the form is sent, or half an hour is over.
    """
    kept = request.session.get(KEPT)
    if request.method == "POST":
        if kept and kept["path"] == request.path:
            del request.session[KEPT]
        return request.POST
    if not kept or not request.user.is_authenticated:
        return None
    if is_over(kept, request.user):
        del request.session[KEPT]
        return None
    if kept["path"] != request.path:
        return None
    messages.warning(request, kept["said"])
    found = Kept(mutable=True)
    for name, values in kept["fields"].items():
        found.setlist(name, values)
    return found


def is_over(kept: dict[str, Any], user: Any) -> bool:
    """Whether what was kept is too old, or of somebody else."""
    return timezone.now().timestamp() - kept["at"] >= LASTS or str(user.public_id) != kept["owner"]


def _is_from_here(request: HttpRequest) -> bool:
    """What the browser says of where the form stood; an old one says nothing."""
    here = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin", here) == here and (
        request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    )
