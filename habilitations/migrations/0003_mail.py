from django.db import migrations

VIEW, RESEND = "view_mail", "resend_mail"
NAMES = {VIEW: "Can view courriel", RESEND: "Peut renvoyer un courriel abandonné"}
GROUPS = {"support": [VIEW, RESEND], "administrateur": [VIEW, RESEND], "auditeur": [VIEW]}


def give(apps, schema_editor):
    """Let operators see mails, and those who act for people send them again."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label="mail", model="mail")
    for name, codenames in GROUPS.items():
        group = apps.get_model("auth", "Group").objects.get(name=name)
        for codename in codenames:
            permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=content_type, codename=codename, defaults={"name": NAMES[codename]}
            )
            group.permissions.add(permission)


def take_back(apps, schema_editor):
    """Remove the permission of our own; the one to view is Django's, and only leaves the groups."""
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="mail")
    permissions.filter(codename=RESEND).delete()
    for permission in permissions.filter(codename=VIEW):
        permission.group_set.clear()


class Migration(migrations.Migration):
    """What the roles of operators may do with mails."""

    dependencies = [("habilitations", "0002_operators"), ("mail", "0001_initial")]

    operations = [migrations.RunPython(give, take_back)]
