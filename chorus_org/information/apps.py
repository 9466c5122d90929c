from django.apps import AppConfig


class InformationConfig(AppConfig):
    name = "chorus_org.information"
    label = "information"
    verbose_name = "Information"
