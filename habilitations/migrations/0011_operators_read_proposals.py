from django.db import migrations

MODELS = ("proposal",)
GROUPS = ("support", "administrateur", "auditeur")


def give(apps, schema_editor):
    """Let every role of operators read what is asked of them."""
    content_types = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    for model in MODELS:
        content_type, _ = content_types.get_or_create(app_label="habilitations", model=model)
        permission, _ = permissions.get_or_create(
            content_type=content_type, codename=f"view_{model}", defaults={"name": f"Can view {model}"}
        )
        for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
            group.permissions.add(permission)


def take_back(apps, schema_editor):
    codenames = [f"view_{model}" for model in MODELS]
    permissions = apps.get_model("auth", "Permission").objects.filter(codename__in=codenames)
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.remove(*permissions)


class Migration(migrations.Migration):
    dependencies = [("habilitations", "0010_proposal"), ("habilitations", "0003_mail")]

    operations = [migrations.RunPython(give, take_back)]
