"""Addresses of one's own account, and of the stewards."""

from django.urls import path

from sapwood_web.accounts import views

urlpatterns = [
    path("", views.home, name="home"),
    path("account/", views.account, name="account"),
    path("account/safer/", views.safer, name="safer"),
    path("account/consents/", views.consents, name="consents"),
    path("account/end-sessions/", views.end_sessions, name="end_sessions"),
    path("account/sessions/<uuid:session_id>/end/", views.end_session, name="end_session"),
    path("account/export/", views.export, name="export"),
    path("account/erase/", views.erase, name="erase"),
    path("steward/people/", views.people, name="people"),
    path("steward/people/<uuid:person_id>/", views.verify, name="verify"),
    path("steward/trail/", views.trail, name="trail"),
]
