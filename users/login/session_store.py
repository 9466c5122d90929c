"""Where sessions are kept: in the database, each with the account that it opens (`users.models.Session`)."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from users.models import Session


class SessionStore(DatabaseStore):
    """Django's, whose rows also say whose they are (Django, « Extending database-backed session engines »)."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = super().create_model_instance(data)
        session.user_id = data.get(SESSION_KEY)
        return session
