from django.apps import AppConfig
from django.contrib.admin import apps


class OperatorsConfig(AppConfig):
    """What the staff of the platform do: their acts, their command, their fixed hours."""

    name = "chorus_org.operators"
    label = "operators"
    default = True


class SiteConfig(apps.AdminConfig):
    """Django's admin, with our site in it."""

    default_site = "chorus_org.operators.site.OperatorSite"
    default = False
