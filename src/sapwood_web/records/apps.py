"""Records as a Django app."""

from django.apps import AppConfig


class Records(AppConfig):
    name = "sapwood_web.records"
