from django.urls import path

from habilitations.views import grants, requests

app_name = "people"
urlpatterns = [
    path("demander-rattachement/", requests.ask, name="ask"),
    path("habilitations/", grants.grants, name="grants"),
]
