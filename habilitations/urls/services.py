from django.urls import path

from habilitations.views import services

app_name = "closing"
urlpatterns = [
    path("<uuid:public_id>/fermer/", services.close, name="close"),
]
