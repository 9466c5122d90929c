from django.urls import path

from habilitations.views import structures

app_name = "habilitations"
urlpatterns = [
    path("", structures.structures, name="structures"),
    path("<uuid:public_id>/", structures.structure, name="structure"),
    path("<uuid:public_id>/nouveaux-rattaches/", structures.newcomers, name="newcomers"),
]
