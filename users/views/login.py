from typing import Any

from allauth.account import views as allauth
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.utils.decorators import method_decorator

from chorus_org.kernel.common.answers import not_before
from users.forms.login import LoginForm
from users.login import proconnect
from users.login.security import log
from users.operations.login import LoginRefused
from users.views.proconnect import lead_to_proconnect


# Each try is counted for good before the password is looked at: a refusal must not roll the count back
@method_decorator(transaction.non_atomic_requests, name="dispatch")
class LoginView(allauth.LoginView):
    """« Connexion »: 422 for a wrong identifier or password, 429 while the lock holds (security, ruling 2)."""

    http_method_names = ("get", "head", "post", "options")
    form_class = LoginForm
    template_name = "users/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        doors = {"proconnect": proconnect.is_open(), "by_mail": settings.SECOND_FACTOR_REQUIRED}
        return super().get_context_data(**doors, **kwargs)

    def form_invalid(self, form: LoginForm) -> HttpResponse:
        response = super().form_invalid(form)
        refusals = (error.__cause__ for error in form.non_field_errors().as_data())
        locked = next((refusal for refusal in refusals if isinstance(refusal, LoginRefused)), None)
        response.status_code = locked.status if locked else 422
        return not_before(response, locked and locked.until)


class LogoutView(allauth.LogoutView):
    """Leave, ProConnect too where it opened the session.

    A GET only asks; a POST does it, and the browser forgets what it kept of the portal.
    """

    template_name = "users/logout.html"

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        log("logout.done", self.request, account=self.request.user)
        id_token = self.request.session.get(proconnect.ID_TOKEN)
        response = super().post(*args, **kwargs)
        address = proconnect.leave(id_token) if id_token and proconnect.is_open() else None
        if address:
            response = lead_to_proconnect(self.request, address)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
