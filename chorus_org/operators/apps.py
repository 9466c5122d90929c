from django.contrib.admin.apps import AdminConfig


class OperatorsConfig(AdminConfig):
    """Django's admin, with our site in it."""

    default_site = "chorus_org.operators.site.OperatorSite"
