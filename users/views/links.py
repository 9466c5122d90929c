"""Links of mails: each leads at once to its page, so that the key stays in no history nor log (security, 14.2.1)."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from chorus_org.kernel.common.refusals import Refusal
from users.forms.creation import MailboxForm
from users.models import Link, LinkPurpose
from users.operations.links import Digest, LinkRefused, check_link


@require_safe
def keep(request: HttpRequest, key: str, purpose: LinkPurpose, then: str) -> HttpResponse:
    """Keep which link it is in the session, and go to its page.

    :param then: the name of that page.
    """
    request.session[_name(purpose)] = Digest.of(key)
    return redirect(then)


def kept(request: HttpRequest, purpose: LinkPurpose) -> Digest:
    """The last link of that purpose, or nothing that could be one."""
    return Digest(request.session.get(_name(purpose), ""))


class SomebodyElse(LinkRefused):
    """The link of another account than the one that is logged in: two people are never merged (security, 6.4.1)."""


def own_link(request: HttpRequest, purpose: LinkPurpose, *, at: datetime) -> Link:
    """The last link of that purpose.

    :raises LinkRefused: it opens nothing.
    :raises SomebodyElse: somebody else is logged in.
    """
    found = check_link(key=kept(request, purpose), purpose=purpose, at=at)
    if request.user.is_authenticated and request.user != found.user:
        raise SomebodyElse("Ce lien est celui d’un autre compte. Déconnectez-vous, puis ouvrez-le de nouveau.")
    return found


def by_link(
    purpose: LinkPurpose, *, again: str, label: str = "", anybody: bool = False
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page that the link of a mail opens: its view is given the key and the link, and a dead one is told (410).

    :param again: the name of the page where a new one can be asked for, or where to go instead (`dead_link`).
    :param anybody: the mailbox alone proves it, whoever is logged in.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def opened(request: HttpRequest) -> HttpResponse:
            key, at = kept(request, purpose), timezone.now()
            try:
                found = check_link(key=key, purpose=purpose, at=at) if anybody else own_link(request, purpose, at=at)
                return view(request, key, found)
            except Refusal as refusal:
                return dead_link(request, refusal, again, label)

        return opened

    return decorate


def dead_link(request: HttpRequest, refusal: Refusal, again: str, label: str = "") -> HttpResponse:
    """The page of a link that opens nothing (410), or may not serve (409 and why), and the way on.

    :param again: the name of the page where a new one can be asked for, in the same form here, or where to go instead.
    :param label: what that other page is for.
    """
    if isinstance(refusal, SomebodyElse):
        again, label = "account_logout", "Se déconnecter"
    why = "" if type(refusal) is LinkRefused else str(refusal)
    form = None if label else MailboxForm()
    context = {"form": form, "action": reverse(again), "label": label, "why": why}
    return render(request, "users/link_dead.html", context, status=409 if why else 410)


def _name(purpose: LinkPurpose) -> str:
    return f"link_{purpose}"


def link(route: str, purpose: LinkPurpose, *, then: str, name: str) -> URLPattern:
    """The address that a mail gives, ending in its key, which leads to the page `then`."""
    return path(f"{route}<str:key>/", keep, {"purpose": purpose, "then": then}, name=name)
