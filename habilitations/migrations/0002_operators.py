from django.db import migrations

ACTS = {
    ("users", "user", "suspend_user"): "Peut suspendre un compte et le rouvrir",
    ("users", "user", "suspend_operator"): "Peut suspendre le compte d’un exploitant et le rouvrir",
    ("structures", "structure", "appoint_principal_manager"): "Peut désigner le gestionnaire principal",
}
OBJECTS = [
    ("users", "user", "view_user"),
    ("structures", "structure", "view_structure"),
    ("services", "service", "view_service"),
    ("habilitations", "attachment", "view_attachment"),
    ("habilitations", "structurehabilitation", "view_structurehabilitation"),
    ("habilitations", "servicehabilitation", "view_servicehabilitation"),
]
JOURNAL = ("journal", "event", "view_event")
SUSPEND, SUSPEND_OPERATOR, APPOINT = ACTS
GROUPS = {
    "support": [*OBJECTS, SUSPEND],
    "administrateur": [*OBJECTS, SUSPEND, SUSPEND_OPERATOR, APPOINT, JOURNAL],
    "auditeur": [*OBJECTS, JOURNAL],
}


def make_groups(apps, schema_editor):
    """Make the groups, and the permissions that `post_migrate` has not made yet, or never makes."""
    content_types = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    groups = apps.get_model("auth", "Group").objects
    for name, wanted in GROUPS.items():
        held = []
        for app_label, model, codename in wanted:
            content_type, _ = content_types.get_or_create(app_label=app_label, model=model)
            defaults = {"name": ACTS.get((app_label, model, codename), f"Can view {model}")}
            permission, _ = permissions.get_or_create(
                content_type=content_type, codename=codename, defaults=defaults
            )
            held.append(permission)
        group, _ = groups.get_or_create(name=name)
        group.permissions.set(held)


def remove_groups(apps, schema_editor):
    """Remove the groups and the permissions of our own; those to view are Django's, and stay."""
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()
    permissions = apps.get_model("auth", "Permission").objects
    for app_label, _, codename in ACTS:
        permissions.filter(content_type__app_label=app_label, codename=codename).delete()


class Migration(migrations.Migration):
    """The roles of operators (`chorus_org.operators.roles`), each a group with its permissions."""

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("habilitations", "0001_initial"),
        ("journal", "0001_initial"),
        ("services", "0001_initial"),
        ("structures", "0001_initial"),
        ("users", "0001_initial"),
    ]

    operations = [migrations.RunPython(make_groups, remove_groups)]
