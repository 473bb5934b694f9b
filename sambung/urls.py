"""All addresses. What lies in a workspace is included twice: `/app/…` is personal, `/team/<slug>/…` a team's."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from sambung import errors, health
from teams import views

admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("", views.home, name="home"),
    path("setup/<str:token>/", views.setup_admin, name="setup"),
    path("preferences/", views.preferences, name="preferences"),
    path("accounts/", include("allauth.account.urls")),
    path("app/", include(("chats.urls", "app"))),
    path("team/<slug:team_slug>/", include(("chats.urls", "team"))),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
