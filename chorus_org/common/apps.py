from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "chorus_org.common"
    label = "common"
