from django.urls import path

from habilitations.views import detach, invitations, mine, proposals, requests

app_name = "mine"
urlpatterns = [
    path("rattachements/", mine.attachments, name="attachments"),
    path("rattachements/<uuid:public_id>/quitter/", detach.leave, name="leave"),
    path("rattachements/invitations/<uuid:public_id>/", invitations.answer, name="invitation"),
    path("rattachements/invitations/<uuid:public_id>/refuser/", invitations.decline, name="decline"),
    path("habilitations/", mine.profiles, name="profiles"),
    path("demandes/", requests.history, name="requests"),
    path("demandes/<uuid:public_id>/", requests.follow, name="request"),
    path("demandes/<uuid:public_id>/retirer/", requests.withdraw, name="withdraw"),
    path("demandes/structures/<uuid:public_id>/retirer/", proposals.withdraw, name="withdraw_proposal"),
]
