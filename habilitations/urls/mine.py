from django.urls import path

from habilitations.views import mine, requests

app_name = "mine"
urlpatterns = [
    path("rattachements/", mine.attachments, name="attachments"),
    path("habilitations/", mine.profiles, name="profiles"),
    path("demandes/", requests.history, name="requests"),
    path("demandes/<uuid:public_id>/", requests.follow, name="request"),
    path("demandes/<uuid:public_id>/retirer/", requests.withdraw, name="withdraw"),
]
