"""Editions of the pack as a Django app."""

from django.apps import AppConfig


class Editions(AppConfig):
    name = "sapwood_web.editions"
