"""Security keys and passkeys of one's own."""

from functools import partial

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from chorus_org.kernel.common.answers import done, question
from chorus_org.kernel.common.forms import Form
from chorus_org.kernel.common.typed import typed
from users.forms.second_factor import NewKeyForm
from users.operations.second_factor.factors import add_key, remove_key
from users.second_factor import keys, must_enrol
from users.views.reauthentication import recently_proved
from users.views.second_factor.factors import NO_MORE, WAY, added, removed


@require_http_methods(["GET", "HEAD", "POST"])
@recently_proved
def add(request: HttpRequest) -> HttpResponse:
    """Add a key: the browser asks it to make a pair, whose public half is kept."""
    form = NewKeyForm(typed(request))
    if form.is_valid():
        name, answer = form.cleaned_data["name"], form.cleaned_data["answer"]
        if keys.registered(answer):
            return added(request, partial(add_key, name=name, credential=answer))
        form.add_error(None, form.wrong)
    context = {"form": form, "options": keys.creation_options(request.user), "must_enrol": must_enrol(request.user)}
    return render(request, "users/second_factor/key_add.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@recently_proved
def remove(request: HttpRequest, key_id: int) -> HttpResponse:
    """Remove a key, after a page that says what follows; another person's is a 404."""
    key = get_object_or_404(Authenticator, pk=key_id, user=request.user, type=Authenticator.Type.WEBAUTHN)
    form = Form(typed(request))
    if removed(request, form, remove_key, key_id=key.pk):
        return done(request, "La clé est retirée.", "mfa_index")
    last = (
        "Si c’est la dernière, et si aucune application ne la remplace, vos codes de secours sont effacés avec elle."
    )
    return question(
        request,
        form,
        title=f"Retirer la clé {key.data['name']}\u00a0?",
        lines=[NO_MORE, last],
        submit="Retirer la clé",
        way=WAY,
        bad=True,
    )
