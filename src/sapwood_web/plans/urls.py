"""Addresses of the clinician's pages; they hold random ids and nothing else."""

from django.urls import include, path

from sapwood_web.plans import views

of_a_record = [
    path("", views.plan, name="plan"),
    path("entries/", views.entries, name="entries"),
    path("fact/", views.override, name="override"),
    path("sign/", views.sign, name="sign"),
    path("signed/", views.signed_plans, name="signed_plans"),
    path("signed/<uuid:plan_id>/", views.signed_plan, name="signed_plan"),
    path("signed/<uuid:plan_id>/file/", views.signed_plan_file, name="signed_plan_file"),
]

urlpatterns = [
    path("records/<uuid:record_id>/plan/", include(of_a_record)),
    path("people-of-mine/", views.my_people, name="my_people"),
]
