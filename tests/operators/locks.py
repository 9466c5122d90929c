"""What each operation locks, with its arguments on the rows of the test; or why nothing (CONTRIBUTING, step 4)."""

from users.models import User

LOCKS = {
    "chorus_org.operators.operations.lifecycle.reopen_account": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "by": None},
    ),
    "chorus_org.operators.operations.lifecycle.suspend_account": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "by": None},
    ),
    "chorus_org.operators.operations.roles.make_operator": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "role": "support", "by": None},
    ),
    "chorus_org.operators.operations.recovery.ask_new_address": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "email": "nouvelle@example.org", "by": None},
    ),
    "chorus_org.operators.operations.recovery.recover": ({User}, lambda rows: {"user_id": rows.user.pk}),
    "chorus_org.operators.operations.lifecycle.close_sessions": (
        {User},
        lambda rows: {"user_id": rows.user.pk, "by": None},
    ),
}
NOTHING = {
    "chorus_org.operators.operations.recovery.ask_factors_reset": "as ask_new_address; needs a factor",
    "chorus_org.operators.operations.recovery.drop_recovery": "as ask_new_address, which must come before",
}
