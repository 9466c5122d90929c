"""« Support »: the questions that people ask most, and « Nous contacter »."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from chorus_org.information.forms import ContactForm
from chorus_org.information.operations import open_ticket
from chorus_org.kernel.common.answers import form_page
from chorus_org.kernel.common.typed import typed
from users.login.security import client_address

NUMBER = "ticket_number"  # what the session keeps for the page that says that the message is taken


@require_safe
def support(request: HttpRequest) -> HttpResponse:
    """The questions that people ask most, each with the screen that settles it."""
    return render(request, "information/support.html")


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """« Nous contacter »: the message becomes a question with a number, a copy goes to who wrote it."""
    user = request.user if request.user.is_authenticated else None
    address = user.contact_email if user else ""
    initial = {"page": _here(request.GET.get("page", "")), "email": address, "email_again": address}
    form = ContactForm(typed(request), initial=initial)
    if form.submit(open_ticket, address=client_address(request), by=user, at=timezone.now()):
        request.session[NUMBER] = form.made.number
        return redirect("support:sent")
    return form_page(request, "information/contact.html", form)


@require_safe
def taken(request: HttpRequest) -> HttpResponse:
    """What becomes of the message, and its number."""
    return render(request, "information/contact_sent.html", {"number": request.session.get(NUMBER)})


def _here(path: str) -> str:
    """The page that somebody came from, if it is one of ours."""
    return path[:200] if path.startswith("/") and url_has_allowed_host_and_scheme(path, None) else ""
