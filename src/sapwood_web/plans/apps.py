"""Plans as a Django app."""

from django.apps import AppConfig


class Plans(AppConfig):
    name = "sapwood_web.plans"
