from django.urls import path

from users.views import creation, factors, login, passwords, reauthentication, second_factor

urlpatterns = [
    path("comptes/login/", login.LoginView.as_view(), name="account_login"),
    path("comptes/logout/", login.LogoutView.as_view(), name="account_logout"),
    path("comptes/reauthenticate/", reauthentication.reauthenticate, name="account_reauthenticate"),
    path("comptes/2fa/", factors.index, name="mfa_index"),
    path("comptes/2fa/code/", second_factor.code, name="account_confirm_login_code"),
    path("comptes/2fa/authenticate/", second_factor.authenticate, name="mfa_authenticate"),
    path("comptes/2fa/totp/activate/", factors.activate, name="mfa_activate_totp"),
    path("comptes/2fa/totp/deactivate/", factors.deactivate, name="mfa_deactivate_totp"),
    path("comptes/2fa/recovery-codes/", factors.recovery_codes, name="mfa_view_recovery_codes"),
    path("comptes/signup/", creation.sign_up, name="account_signup"),
    path("comptes/activation/", creation.activation, name="activation"),
    path("comptes/activation/mot-de-passe/", creation.activation_password, name="activation_password"),
    path("comptes/activation/structure/", creation.activation_structure, name="activation_structure"),
    path("comptes/activation/<str:key>/", creation.activation_link, name="activation_link"),
    path("comptes/password/reset/", passwords.reset, name="account_reset_password"),
    path("comptes/password/reset/envoye/", passwords.sent, name="password_sent"),
    path("comptes/password/reset/nouveau/", passwords.new, name="password_new"),
    path("comptes/password/reset/<str:key>/", passwords.link, name="password_link"),
]
