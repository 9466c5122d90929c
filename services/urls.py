from django.urls import path

from services import views

app_name = "services"
urlpatterns = [
    path("creer/", views.create, name="create"),
    path("<uuid:public_id>/", views.detail, name="detail"),
]
