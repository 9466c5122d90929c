from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "chorus_org.kernel.journal"
    label = "journal"
    verbose_name = "historique"
