from django.urls import path

from users.views import creation, login, passwords

urlpatterns = [
    path("comptes/login/", login.LoginView.as_view(), name="account_login"),
    path("comptes/logout/", login.LogoutView.as_view(), name="account_logout"),
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
