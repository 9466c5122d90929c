from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo world: installed by the demo and test settings only."""

    name = "chorus_org.demo"
    label = "demo"
