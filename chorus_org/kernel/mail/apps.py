from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "chorus_org.kernel.mail"
    label = "mail"
    verbose_name = "courriels"
