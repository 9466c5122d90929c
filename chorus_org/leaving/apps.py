from django.apps import AppConfig


class LeavingConfig(AppConfig):
    name = "chorus_org.leaving"
    label = "leaving"
