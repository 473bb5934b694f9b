"""Public links, and what people do with teams: inside one (`/team/<slug>/…`), before (`/teams/…`), by an invite."""

from allauth.socialaccount.providers.github import views as github
from django.urls import path, re_path

from teams.views import groups, invites, links, providers, public_links

#: Inside of any workspace.
urlpatterns = [
    path("links/", links.link_list, name="link_list"),
    path("links/revoke/", links.links_revoke, name="links_revoke"),
]
#: Outside of workspaces: what a link shows.
public = [
    re_path(r"^p/(?P<token>[\w-]{1,64})/?$", public_links.shared, name="shared"),
    re_path(r"^p/(?P<token>[\w-]{1,64})/seen/$", public_links.shared_seen, name="shared_seen"),
]

team = [
    path("members/", groups.members, name="members"),
    path("members/<uuid:member_id>/role/", groups.member_role, name="member_role"),
    path("members/<uuid:member_id>/remove/", groups.member_remove, name="member_remove"),
    path("leave/", groups.leave, name="leave"),
    path("settings/", groups.settings, name="settings"),
    path("settings/address/", groups.slug_change, name="slug_change"),
    path("settings/delete/", groups.delete, name="delete"),
    path("invites/", invites.invite_send, name="invite_send"),
    path("invites/<uuid:invite_id>/resend/", invites.invite_resend, name="invite_resend"),
    path("invites/<uuid:invite_id>/revoke/", invites.invite_revoke, name="invite_revoke"),
]
#: As allauth has them, but for how people leave.
elsewhere = [
    path("github/login/", providers.github_login, name="github_login"),
    path("github/login/callback/", github.oauth2_callback, name="github_callback"),
    path("oidc/<str:provider_id>/login/", providers.openid_login, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", providers.openid_callback, name="openid_connect_callback"),
]
teams = [
    path("new/", groups.new, name="new"),
    path("slug/", groups.slug_check, name="slug"),
]
invites = [
    path("", invites.invite_kept, name="invite_kept"),
    path("account/", invites.invite_account, name="invite_account"),
    path("<str:token>/", invites.invite, name="invite"),
]
