from django.urls import path

from services.directory import check, exports, publishing, views

app_name = "directory"
urlpatterns = [
    path("", views.directory, name="search"),
    path("verifier/", check.check, name="check"),
    path("complet/<str:name>", publishing.download, name="download"),
    path("export.csv", exports.structures, {"form": "csv"}, name="export"),
    path("export.xlsx", exports.structures, {"form": "xlsx"}, name="export_xlsx"),
    path("<slug:type_name>/<str:identifier>/lignes.csv", exports.lines, {"form": "csv"}, name="lines_csv"),
    path("<slug:type_name>/<str:identifier>/lignes.json", exports.lines, {"form": "json"}, name="lines_json"),
    path("<slug:type_name>/<str:identifier>/", views.structure, name="structure"),
]
