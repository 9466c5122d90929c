from django.urls import path

from habilitations.views import requests

app_name = "people"
urlpatterns = [
    path("demander-rattachement/", requests.ask, name="ask"),
]
