"""Every address of the site; tests/web/test_routes.py lists each of them with who may open it."""

from django.urls import include, path

urlpatterns = [
    path("", include("sapwood_web.accounts.urls")),
    path("", include("sapwood_web.editions.urls")),
    path("", include("sapwood_web.library.urls")),
    path("", include("sapwood_web.records.urls")),
    path("", include("sapwood_web.plans.urls")),
    path("", include("sapwood_web.journey.urls")),
    path("enter/", include("allauth.account.urls")),
    path("enter/second-step/", include("allauth.mfa.urls")),
]

handler400 = "sapwood_web.errors.bad_request"
handler403 = "sapwood_web.errors.forbidden"
handler404 = "sapwood_web.errors.not_found"
handler500 = "sapwood_web.errors.broken"
