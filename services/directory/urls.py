from django.urls import path

from services.directory import check, views

app_name = "directory"
urlpatterns = [
    path("", views.directory, name="search"),
    path("verifier/", check.check, name="check"),
    path("<slug:type_name>/<str:identifier>/", views.structure, name="structure"),
]
