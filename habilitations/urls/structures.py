from django.urls import path

from habilitations.views import structure

app_name = "habilitations"
urlpatterns = [path("<uuid:public_id>/", structure.structure, name="structure")]
