"""The invented people of `make site`, each signed in, and the ids of what is theirs."""

from __future__ import annotations

from importlib import import_module


def world() -> tuple[dict[str, str], dict[str, str]]:
    """Makes them in the database that is set up; a session for each, and ids for the addresses of pages."""
    from allauth.account.internal.userkit import user_id_to_str
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.utils import timezone

    from sapwood_web import demo
    from sapwood_web.accounts.models import Person

    demo._people()
    store = import_module(settings.SESSION_ENGINE).SessionStore

    def session_of(person: Person, *, fresh: bool = True) -> str:
        session = store()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        now = timezone.now().timestamp() - (0 if fresh else 3600)
        session["account_authentication_methods"] = [
            {"method": "password", "at": now, "reauthenticated": True}
        ]
        session["account_authentication_methods_user"] = user_id_to_str(person)
        session.create()
        return str(session.session_key)

    people = {person.email.partition("@")[0]: person for person in Person.objects.all()}
    sessions = {name: session_of(person) for name, person in people.items()}
    sessions["stale"] = session_of(people["maria"], fresh=False)
    record = people["maria"].records.get()
    ids = {
        "record": str(record.pk),
        "child": str(people["ines"].records.get().pk),
        "plan": str(record.signed_plans.first().pk),
    }
    return sessions, ids
