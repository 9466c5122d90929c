from django.db import migrations

GIVEN = {
    "support": ("view_news", "view_ticket", "write_news", "answer_ticket"),
    "administrateur": ("view_news", "view_ticket", "write_news", "answer_ticket"),
    "auditeur": ("view_news", "view_ticket"),
}
MODELS = {"view_news": "news", "write_news": "news", "view_ticket": "ticket", "answer_ticket": "ticket"}
NAMES = {
    "view_news": "Can view actualité",
    "write_news": "Peut écrire les actualités",
    "view_ticket": "Can view question",
    "answer_ticket": "Peut répondre aux questions",
}


def give(apps, schema_editor):
    """Let operators read news and questions, and those of the support write and answer."""
    content_types = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    for name, codenames in GIVEN.items():
        for group in apps.get_model("auth", "Group").objects.filter(name=name):
            for codename in codenames:
                content_type, _ = content_types.get_or_create(app_label="information", model=MODELS[codename])
                permission, _ = permissions.get_or_create(
                    content_type=content_type, codename=codename, defaults={"name": NAMES[codename]}
                )
                group.permissions.add(permission)


def take_back(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission").objects.filter(codename__in=MODELS)
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GIVEN):
        group.permissions.remove(*permissions)


class Migration(migrations.Migration):
    dependencies = [("information", "0001_initial"), ("habilitations", "0003_mail")]

    operations = [migrations.RunPython(give, take_back)]
