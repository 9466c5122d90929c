from django.urls import path

from habilitations.views import bank_accounts, founding, proposals, structures

app_name = "habilitations"
urlpatterns = [
    path("", structures.structures, name="structures"),
    path("creer/", founding.create, name="create"),
    path("demander-creation/", proposals.propose, name="propose"),
    path("gerer/", founding.manage, name="manage"),
    path("<uuid:public_id>/", structures.structure, name="structure"),
    path("<uuid:public_id>/modifier/", founding.change, name="change"),
    path("<uuid:public_id>/activer/", founding.activate, name="activate"),
    path("<uuid:public_id>/desactiver/", founding.deactivate, name="deactivate"),
    path("<uuid:public_id>/changer-identifiant/", founding.renumber, name="renumber"),
    path("<uuid:public_id>/coordonnees-bancaires/", bank_accounts.accounts, name="bank_accounts"),
    path("<uuid:public_id>/coordonnees-bancaires/creer/", bank_accounts.add, name="add_bank_account"),
    path("coordonnees-bancaires/<uuid:public_id>/", bank_accounts.change, name="change_bank_account"),
    path("coordonnees-bancaires/<uuid:public_id>/supprimer/", bank_accounts.remove, name="remove_bank_account"),
    path("<uuid:public_id>/mettre-a-jour/", founding.refresh, name="refresh"),
    path("<uuid:public_id>/nouveaux-rattaches/", structures.newcomers, name="newcomers"),
]
