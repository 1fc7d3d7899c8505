"""Addresses of what anybody may read, and of those who keep it."""

from django.urls import path

from sapwood_web.library import desk, views

urlpatterns = [
    path("emergency/", views.red_flags, name="red_flags"),
    path("read/", views.articles, name="articles"),
    path("read/card/<slug:name>/", views.card, name="card"),
    path("read/<slug:name>/", views.article, name="article"),
    path("questions/", views.questions, name="questions"),
    path("words/", views.words, name="words"),
    path("talks/", views.talks, name="talks"),
    path("talks/<slug:slug>/", views.talk, name="talk"),
    path("trials/", views.trials, name="trials"),
    path("studies/", views.studies, name="studies"),
    path("studies/<slug:name>/", views.study, name="study"),
    path("find/", views.find, name="find"),
    path("ask/", views.ask, name="ask"),
    path("ask/thanks/", views.asked, name="asked"),
    path("for-clinicians/", views.for_clinicians, name="for_clinicians"),
    path("for-researchers/", views.for_researchers, name="for_researchers"),
    path("steward/questions/", desk.questions_desk, name="questions_desk"),
    path("steward/questions/<uuid:question_id>/", desk.question_desk, name="question_desk"),
    path("steward/questions/<uuid:question_id>/remove/", desk.remove_question, name="remove_question"),
    path("steward/talks/", desk.talks_desk, name="talks_desk"),
    path("steward/talks/new/", desk.new_talk, name="new_talk"),
    path("steward/talks/<uuid:talk_id>/", desk.edit_talk, name="edit_talk"),
    path("steward/talks/<uuid:talk_id>/publish/", desk.publish_talk, name="publish_talk"),
    path("reviews/", desk.reviews, name="reviews"),
    path("reviews/<int:review_id>/withdraw/", desk.withdraw_review, name="withdraw_review"),
    path("reviews/<slug:kind>/<slug:name>/", desk.review, name="review"),
]
