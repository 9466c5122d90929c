from django.urls import path

from habilitations.views import invitations

app_name = "invitations"
urlpatterns = [
    path("", invitations.opened, name="opened"),
    path("<str:key>/", invitations.keep, name="link"),
]
