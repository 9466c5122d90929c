from django.urls import path

from users import views

urlpatterns = [
    path("comptes/login/", views.LoginView.as_view(), name="account_login"),
    path("comptes/logout/", views.LogoutView.as_view(), name="account_logout"),
]
