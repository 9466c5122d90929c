from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "chorus_org.kernel.common"
    label = "common"
