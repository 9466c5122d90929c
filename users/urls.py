from django.urls import URLPattern, path

from users.models import LinkPurpose
from users.views import (
    account,
    addresses,
    creation,
    links,
    login,
    passwords,
    proconnect,
    reauthentication,
    returns,
    sessions,
)
from users.views.second_factor import codes, factors, keys


def link(route: str, purpose: LinkPurpose, *, then: str, name: str) -> URLPattern:
    """The address that a mail gives, ending in its key, which leads to the page `then`."""
    return path(f"{route}<str:key>/", links.keep, {"purpose": purpose, "then": then}, name=name)


urlpatterns = [
    path("comptes/login/", login.LoginView.as_view(), name="account_login"),
    path("comptes/logout/", login.LogoutView.as_view(), name="account_logout"),
    path("comptes/reauthenticate/", reauthentication.reauthenticate, name="account_reauthenticate"),
    path("comptes/2fa/", factors.index, name="mfa_index"),
    path("comptes/2fa/code/", codes.code, name="account_confirm_login_code"),
    path("comptes/2fa/authenticate/", codes.authenticate, name="mfa_authenticate"),
    path("comptes/2fa/totp/activate/", factors.activate, name="mfa_activate_totp"),
    path("comptes/2fa/totp/deactivate/", factors.deactivate, name="mfa_deactivate_totp"),
    path("comptes/2fa/webauthn/add/", keys.add, name="mfa_add_webauthn"),
    path("comptes/2fa/webauthn/keys/<int:key_id>/remove/", keys.remove, name="mfa_remove_webauthn"),
    path("comptes/2fa/recovery-codes/", factors.recovery_codes, name="mfa_view_recovery_codes"),
    path("comptes/signup/", creation.sign_up, name="account_signup"),
    path("comptes/activation/", creation.activation, name="activation"),
    path("comptes/activation/mot-de-passe/", creation.activation_password, name="activation_password"),
    path("comptes/activation/structure/", creation.activation_structure, name="activation_structure"),
    link("comptes/activation/", LinkPurpose.ACTIVATION, then="activation_password", name="activation_link"),
    path("comptes/password/reset/", passwords.reset, name="account_reset_password"),
    path("comptes/password/reset/envoye/", passwords.sent, name="password_sent"),
    path("comptes/password/reset/nouveau/", passwords.new, name="password_new"),
    link("comptes/password/reset/", LinkPurpose.PASSWORD, then="password_new", name="password_link"),
    path("comptes/proconnect/", proconnect.start, name="proconnect"),
    path("comptes/proconnect/retour/", proconnect.come_back, name="proconnect_return"),
    path("comptes/proconnect/premiere-fois/", proconnect.first, name="proconnect_first"),
    path("comptes/retour/", returns.ask, name="account_return"),
    path("comptes/retour/envoye/", returns.sent, name="return_sent"),
    path("comptes/retour/rouvrir/", returns.come_back, name="return_confirm"),
    link("comptes/retour/", LinkPurpose.RETURN, then="return_confirm", name="return_link"),
    path("comptes/sessions/", sessions.sessions, name="sessions"),
    path("comptes/sessions/reste/", sessions.left, name="session_left"),
    path("comptes/sessions/fermer/", sessions.close_others, name="sessions_close_others"),
    path("comptes/sessions/<slug:session_id>/fermer/", sessions.close, name="session_close"),
    path("mon-compte/", account.account, name="account"),
    path("mon-compte/mot-de-passe/", account.password, name="account_password"),
    path("mon-compte/contact/", account.contact_confirm, name="contact_confirm"),
    link("mon-compte/contact/", LinkPurpose.CONTACT, then="contact_confirm", name="contact_link"),
    path("mon-compte/adresse/", addresses.address, name="account_address"),
    path("mon-compte/adresse/envoye/", addresses.sent, name="account_address_sent"),
    path("mon-compte/adresse/confirmer/", addresses.confirm, name="address_confirm"),
    link("mon-compte/adresse/confirmer/", LinkPurpose.ADDRESS, then="address_confirm", name="address_link"),
    path("mon-compte/adresse/annuler/", addresses.cancel, name="address_cancel"),
    link("mon-compte/adresse/annuler/", LinkPurpose.CANCEL, then="address_cancel", name="address_cancel_link"),
    path("mon-compte/proconnect/", proconnect.account, name="account_proconnect"),
    path("mon-compte/<slug:slug>/", account.detail, name="account_detail"),
]
