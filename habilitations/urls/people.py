from django.urls import path

from habilitations.views import absence, attach, detach, exports, grants, invitations, own, requests, show

app_name = "people"
urlpatterns = [
    path("demander-rattachement/", requests.ask, name="ask"),
    path("rattacher/", attach.attach, name="attach"),
    path("detacher/", detach.detach, name="detach"),
    path("habilitations/", grants.grants, name="grants"),
    path("afficher/", show.person, name="show"),
    path("export.csv", exports.people, {"form": "csv"}, name="export"),
    path("export.xlsx", exports.people, {"form": "xlsx"}, name="export_xlsx"),
    path("contacts/", show.contacts, name="contacts"),
    path("disponibilite/", absence.absence, name="absence"),
    path("disponibilite/fin/", absence.end, name="end_absence"),
    path("mes-habilitations/", own.own, name="own"),
    path("mes-habilitations/<uuid:public_id>/demander/", own.ask, name="ask_profiles"),
    path("mes-habilitations/<uuid:public_id>/renoncer/", own.give_up, name="give_up"),
    path("invitations/", invitations.sent, name="invitations"),
    path("invitations/<uuid:public_id>/renvoyer/", invitations.resend, name="resend"),
    path("invitations/<uuid:public_id>/annuler/", invitations.cancel, name="cancel_invitation"),
]
