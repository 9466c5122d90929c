from django.urls import path

from chorus_org.leaving.views import closing, returns
from users.models import LinkPurpose
from users.views.links import link

urlpatterns = [
    path("mon-compte/donnees/", closing.data, name="account_data"),
    path("mon-compte/fermer/", closing.close, name="account_close"),
    path("comptes/retour/", returns.ask, name="account_return"),
    path("comptes/retour/envoye/", returns.sent, name="return_sent"),
    path("comptes/retour/rouvrir/", returns.come_back, name="return_confirm"),
    link("comptes/retour/", LinkPurpose.RETURN, then="return_confirm", name="return_link"),
]
