from django.urls import path

from habilitations.views import approvals

app_name = "approvals"
urlpatterns = [
    path("", approvals.requests, name="list"),
    path("en-lot/", approvals.batch, name="batch"),
    path("<uuid:public_id>/", approvals.request, name="request"),
    path("<uuid:public_id>/approuver/", approvals.approve, name="approve"),
    path("<uuid:public_id>/refuser/", approvals.refuse, name="refuse"),
    path("<uuid:public_id>/revenir/", approvals.undo, name="undo"),
]
