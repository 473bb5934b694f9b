"""All addresses. What lies in a workspace is included twice: `/app/…` is personal, `/team/<slug>/…` a team's."""

from allauth.account.decorators import reauthentication_required, secure_admin_login
from allauth.account.views import password_set
from django.contrib import admin
from django.urls import include, path

import agents.urls
import chats.urls
import documents.urls
import teams.urls
import workflows.urls
from agents.views import mcp_server
from sambung import errors, health, instance_health
from teams.views import accounts, instance, mails, notifications, people, profile

admin.site.login = secure_admin_login(admin.site.login)
in_workspace = [
    *chats.urls.urlpatterns,
    *documents.urls.urlpatterns,
    *workflows.urls.urlpatterns,
    *agents.urls.urlpatterns,
    *teams.urls.urlpatterns,
]

urlpatterns = [
    path("", people.home, name="home"),
    path("setup/<str:token>/", people.setup_admin, name="setup"),
    path("preferences/", people.preferences, name="preferences"),
    path("accounts/", accounts.account, name="account"),
    path("accounts/profile/", profile.edit, name="profile"),
    path("people/<uuid:person_id>/picture/", profile.picture, name="person_picture"),
    path("accounts/export/", accounts.export, name="account_export"),
    path("accounts/delete/", accounts.delete, name="account_delete"),
    path("accounts/sessions/<int:session_id>/end/", accounts.end_session, name="account_session_end"),
    path("accounts/mail/", mails.state, name="mail_state"),
    path("accounts/password/set/", reauthentication_required(password_set), name="account_set_password"),
    path("accounts/", include("allauth.account.urls")),
    path("notifications/", notifications.notification_list, name="notifications"),
    path("notifications/bell/", notifications.bell, name="notifications_bell"),
    path("notifications/read/", notifications.read, name="notifications_read"),
    path("notifications/mail/", notifications.by_mail, name="notifications_mail"),
    path("instance/", instance.settings, name="instance"),
    path("instance/people/", instance.people, name="instance_people"),
    path("instance/people/<uuid:person_id>/", instance.person, name="instance_person"),
    path("instance/people/<uuid:person_id>/role/", instance.person_role, name="instance_person_role"),
    path("instance/people/<uuid:person_id>/active/", instance.person_active, name="instance_person_active"),
    path("instance/people/<uuid:person_id>/sessions/", instance.person_sessions, name="instance_person_sessions"),
    path("instance/teams/", instance.teams, name="instance_teams"),
    path("instance/audit/", instance.audit_log, name="instance_audit"),
    path("instance/", include(agents.urls.instance_keys)),
    path("mcp/callback/", mcp_server.mcp_callback, name="mcp_callback"),
    path("mcp/client.json", mcp_server.mcp_client, name="mcp_client"),
    path("instance/health/", instance_health.health, name="instance_health"),
    path("instance/health/mail/", instance_health.mail_test, name="instance_mail_test"),
    path("instance/health/mail/again/", instance_health.mail_again, name="instance_mail_again"),
    path("accounts/factors/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("accounts/connected/", include("allauth.socialaccount.urls")),
    path("accounts/", include(teams.urls.elsewhere)),
    path("app/", include((in_workspace, "app"))),
    path("team/<slug:team_slug>/", include(([*in_workspace, *teams.urls.team], "team"))),
    path("teams/", include((teams.urls.teams, "teams"))),
    path("invites/", include(teams.urls.invites)),
    path("", include(teams.urls.public)),
    path("", include(chats.urls.public)),
    path("", include(documents.urls.public)),
    path("", include(workflows.urls.public)),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
