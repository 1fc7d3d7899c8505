"""Addresses of the editions of the pack."""

from django.urls import path

from sapwood_web.editions import views

urlpatterns = [
    path("steward/editions/", views.editions, name="editions"),
    path("steward/editions/<uuid:edition_id>/", views.edition, name="edition"),
    path("steward/editions/<uuid:edition_id>/step/", views.edition_step, name="edition_step"),
    path("changed-plans/", views.plan_changes, name="plan_changes"),
]
