from django.urls import path

from chorus_org.demo import views

app_name = "demo"
urlpatterns = [
    path("composants/", views.components, name="components"),
    path("composants/question/", views.question, name="question"),
    path("demo/courriels/", views.mails, name="mails"),
]
