"""The audit trail as a Django app."""

from django.apps import AppConfig


class Audit(AppConfig):
    name = "sapwood_web.audit"
