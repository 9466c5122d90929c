from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "chorus_org.mail"
    label = "mail"
    verbose_name = "courriels"
