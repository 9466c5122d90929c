"""« Mes sessions »: where one is logged in, and leaving from afar (security, 7.5.2)."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from users.login.middleware import WATCHED, seconds_left
from users.login.sessions import SEEN, open_sessions
from users.operations.sessions import SessionRefused, close_other_sessions, close_session
from users.views.reauthentication import recently_proved_from


@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    rows = [
        {"session": session, "is_this": session.key == request.session.session_key}
        for session in open_sessions(request.user, at=timezone.now())
    ]
    return render(request, "users/sessions.html", {"rows": rows, "others": any(not row["is_this"] for row in rows)})


@require_POST
@recently_proved_from("sessions")
def close(request: HttpRequest, session_id: str) -> HttpResponse:
    """Close one session; closing this one is leaving."""
    try:
        key = close_session(session_id=session_id, by=request.user, at=timezone.now())
    except SessionRefused as refusal:
        raise Http404 from refusal
    if key == request.session.session_key:
        logout(request)
        return redirect("home")
    messages.success(request, "La session est fermée")
    return redirect("sessions")


@require_POST
@recently_proved_from("sessions")
def close_others(request: HttpRequest) -> HttpResponse:
    close_other_sessions(key=request.session.session_key or "", by=request.user, at=timezone.now())
    messages.success(request, "Vos autres sessions sont fermées")
    return redirect("sessions")


@require_http_methods(["GET", "HEAD", "POST"])
def left(request: HttpRequest) -> JsonResponse:
    """How many seconds the session lasts (`left`), and would last if one stayed (`stay`): asking prolongs nothing.

    A POST stays (RGAA, 13.1). Without a session, nothing is left.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"left": 0, "stay": 0})
    idle, stay = seconds_left(request, timezone.now())
    if request.method == "POST":
        request.session[SEEN] = 0
        idle = stay
    else:
        setattr(request, WATCHED, True)
    return JsonResponse({"left": max(int(idle), 0), "stay": max(int(stay), 0)})
