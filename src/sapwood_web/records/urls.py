"""Addresses of records; they hold random ids and nothing else."""

from django.urls import include, path

from sapwood_web.records import views

of_a_record = [
    path("", views.see, name="record"),
    path("upload/", views.upload, name="upload"),
    path("files/", views.files, name="files"),
    path("files/<uuid:upload_id>/", views.file, name="file"),
    path("files/<uuid:upload_id>/use/", views.use_file, name="use_file"),
    path("files/<uuid:upload_id>/remove/", views.remove_file, name="remove_file"),
    path("facts/", views.answers, name="answers"),
    path("facts/add/", views.answer, name="answer"),
    path("facts/<uuid:answer_id>/remove/", views.remove_answer, name="remove_answer"),
    path("sharing/", views.sharing, name="sharing"),
    path("sharing/invite/", views.invite, name="invite"),
    path("sharing/invitations/<uuid:invitation_id>/withdraw/", views.withdraw, name="withdraw"),
    path("sharing/grants/<uuid:grant_id>/end/", views.end_grant, name="end_grant"),
    path("who-looked/", views.who_looked, name="who_looked"),
    path("export/", views.export, name="export_record"),
    path("erase/", views.erase, name="erase_record"),
]

urlpatterns = [
    path("records/begin/", views.begin, name="begin"),
    path("records/<uuid:record_id>/", include(of_a_record)),
    path("invitations/", views.invitations, name="invitations"),
    path("invitations/<uuid:invitation_id>/accept/", views.accept, name="accept"),
    path("invitations/<uuid:invitation_id>/decline/", views.decline, name="decline"),
    path("shared/<uuid:grant_id>/leave/", views.leave, name="leave"),
]
