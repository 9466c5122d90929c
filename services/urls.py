from django.urls import path

from services import views

app_name = "services"
urlpatterns = [
    path("creer/", views.create, name="create"),
    path("gerer/", views.manage, name="manage"),
    path("export.csv", views.export, name="export"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("<uuid:public_id>/modifier/", views.change, name="change"),
    path("<uuid:public_id>/rouvrir/", views.reopen, name="reopen"),
    path("<uuid:public_id>/supprimer/", views.delete, name="delete"),
]
