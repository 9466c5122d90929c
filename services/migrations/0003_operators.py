from django.db import migrations

GIVEN = {
    "support": ("view_publishedfile", "publish_directory"),
    "administrateur": ("view_publishedfile", "publish_directory"),
    "auditeur": ("view_publishedfile",),
}
NAMES = {
    "view_publishedfile": "Can view fichier de l’annuaire",
    "publish_directory": "Peut refaire les fichiers de l’annuaire",
}


def give(apps, schema_editor):
    """Let operators see the files of the directory, and those who act have them made again."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="services", model="publishedfile"
    )
    permissions = apps.get_model("auth", "Permission").objects
    for name, codenames in GIVEN.items():
        for group in apps.get_model("auth", "Group").objects.filter(name=name):
            for codename in codenames:
                permission, _ = permissions.get_or_create(
                    content_type=content_type, codename=codename, defaults={"name": NAMES[codename]}
                )
                group.permissions.add(permission)


def take_back(apps, schema_editor):
    permissions = apps.get_model("auth", "Permission").objects.filter(codename__in=NAMES)
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GIVEN):
        group.permissions.remove(*permissions)


class Migration(migrations.Migration):
    dependencies = [("services", "0002_published"), ("habilitations", "0003_mail")]

    operations = [migrations.RunPython(give, take_back)]
