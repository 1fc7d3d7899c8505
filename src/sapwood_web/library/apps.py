"""The library as a Django app."""

from django.apps import AppConfig


class Library(AppConfig):
    name = "sapwood_web.library"
