from django.urls import path

from habilitations import views

app_name = "habilitations"
urlpatterns = [path("<uuid:public_id>/", views.structure, name="structure")]
