from django.urls import path

from habilitations.views import leaving

urlpatterns = [
    path("donnees/", leaving.data, name="account_data"),
    path("fermer/", leaving.close, name="account_close"),
]
