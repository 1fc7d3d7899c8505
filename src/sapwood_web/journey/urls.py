"""Addresses of a patient's rooms; they hold random ids and nothing else."""

from django.urls import include, path

from sapwood_web.journey import views

of_a_record = [
    path("roadmap/", views.roadmap, name="roadmap"),
    path("questions/", views.interview, name="interview"),
    path("questions/<uuid:left_id>/again/", views.ask_again, name="ask_again"),
    path("pictures/", views.pictures, name="pictures"),
    path("pictures/<uuid:picture_id>/", views.picture, name="picture"),
    path("pictures/<uuid:picture_id>/remove/", views.remove_picture, name="remove_picture"),
    path("daily/", views.daily, name="daily"),
    path("daily/<uuid:entry_id>/remove/", views.remove_day, name="remove_day"),
    path("card/", views.card, name="record_card"),
    path("figures/", views.figures, name="figures"),
]

urlpatterns = [path("records/<uuid:record_id>/", include(of_a_record))]
