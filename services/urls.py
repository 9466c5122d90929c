from django.urls import path

from services import importing, views

app_name = "services"
urlpatterns = [
    path("creer/", views.create, name="create"),
    path("gerer/", views.manage, name="manage"),
    path("export.csv", views.export, {"form": "csv"}, name="export"),
    path("export.xlsx", views.export, {"form": "xlsx"}, name="export_xlsx"),
    path("importer/", importing.load, name="import"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("<uuid:public_id>/modifier/", views.change, name="change"),
    path("<uuid:public_id>/rouvrir/", views.reopen, name="reopen"),
    path("<uuid:public_id>/supprimer/", views.delete, name="delete"),
]
