"""What each address answers, written by hand: nothing here is read from the code."""

from dataclasses import replace

from tests.guards.routes_library import LIBRARY
from tests.guards.routes_runs import RUNS
from tests.guards.routes_workflows import WORKFLOW_MODELS, WORKFLOWS
from tests.guards.rows import METHODS, NOT_THERE, TO_SIGN_IN, Row, act, for_admins, form, kept, of_admins, others, page

__all__ = ["METHODS", "TO_SIGN_IN"]

_SERVER = {"name": "another", "transport": "streamable-http", "url": "https://mcp.example.org/mcp"}
_PASTED = {"text": '{"mcpServers": {"one": {"url": "https://mcp.example.org/mcp"}}}'}
_BYTES = Row("404 405 405 405 405", "404 405 405 405 405", anonymous="404 405 405 405 405")
_KEY = {"provider": "openai", "label": "Another key", "secret": "sk-0123456789"}
_TOOL_KEY = {"service": "exa", "secret": "0123456789"}
#: Under /app/ and under /team/<slug>/. In a team, a stranger to the team gets 404 for everything.
WORKSPACE = (
    {
        "chat_new": page(),
        "chat_list": page(),
        "palette": page(),
        "mentions": page(),
        "agent_try": Row("200 405 405 405 405", "404 405 405 405 405", names="agent"),
        "picker": page(),
        "who_answers": page(),
        "gauge": page(),
        "chat_tools": Row(
            "200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405", data={"tool_choice": "none"}
        ),
        "tools_button": page(),
        "preset_keep": Row(
            "405 302 405 405 405",
            "405 302 405 405 405",
            "405 204 405 405 405",
            data={"tool_choice": "none", "preset_name": "Another"},
        ),
        "preset": kept(form("preset", "204", name="Renamed")),
        "preset_use": kept(act("preset", "204")),
        "preset_delete": kept(act("preset", "204")),
        "mcp_list": page(),
        "mcp_new": Row("200 302 405 405 405", "200 302 405 405 405", data=_SERVER, member="404 404 405 405 405"),
        "mcp_paste": Row("200 200 405 405 405", "200 200 405 405 405", data=_PASTED, member="404 404 405 405 405"),
        "mcp_server": page("server"),
        "mcp_edit": of_admins(form("server", "302", **_SERVER)),
        "mcp_active": of_admins(act("server", "204")),
        "mcp_visibility": of_admins(act("server", "204", visibility="private")),
        "mcp_delete": of_admins(form("server", "204")),
        "mcp_refresh": act("server", "302"),
        "mcp_switch": of_admins(act("server", "302", name="look")),
        "mcp_approve": of_admins(act("server", "302")),
        "mcp_instruct": act("server", "204", instructions="Be brief."),
        "mcp_sign_in": act("server", "409", done="409"),  # nobody listens there
        "mcp_sign_out": act("server", "204"),
        # It lists nothing that could be tried; tests/agents/test_mcp_views.py names what it lists.
        "mcp_tool": Row("404 404 405 405 405", "404 404 405 405 405", names="server"),
        "mcp_resource": Row("405 404 405 405 405", "405 404 405 405 405", names="server"),
        "mcp_prompt": Row("404 404 405 405 405", "404 404 405 405 405", names="server"),
        "key_list": page(),
        "key_new": Row("200 302 405 405 405", "200 302 405 405 405", data=_KEY, member="404 404 405 405 405"),
        "key": Row("200 302 405 405 405", "404 404 405 405 405", names="key", data=_KEY, member="404 404 405 405 405"),
        "key_test": replace(act("key", "302"), member="405 404 405 405 405"),
        "key_active": replace(act("key", "204"), member="405 404 405 405 405"),
        "key_forget": replace(act("key", "302", model="gpt-4o"), member="405 404 405 405 405"),
        "key_delete": replace(form("key", "204"), member="404 404 405 405 405"),
        "tool_list": page(),
        "toolkit": Row("200 200 405 405 405", "200 200 405 405 405", data={"tool": "calculate", "arg_0": "1"}),
        "tool_key_list": Row(
            "200 302 405 405 405", "200 302 405 405 405", data=_TOOL_KEY, member="200 404 405 405 405"
        ),
        "tool_key_delete": replace(act("tool_key", "204"), member="405 404 405 405 405"),
        "model_list": page(),
        "model_refresh": Row("405 302 405 405 405", "405 302 405 405 405", "405 204 405 405 405"),
        "model_offered": Row(
            "405 302 405 405 405",
            "405 302 405 405 405",
            "405 204 405 405 405",
            data={"are": "all"},
            member="405 404 405 405 405",
        ),
        "model_defaults": Row(
            "200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405", member="404 404 405 405 405"
        ),
        "model_favourite": Row("405 409 405 405 405", "405 409 405 405 405", data={"add": "nobody:nothing"}),
        "agent_list": page(),
        "agent_new": Row(  # a name is enough
            "200 302 405 405 405",
            "200 302 405 405 405",
            "200 204 405 405 405",
            data={"name": "New", "icon_id": "default"},
        ),
        "agent_import": Row(
            "200 302 405 405 405",
            "200 302 405 405 405",
            "200 204 405 405 405",
            data={"text": '{"format": "sambung.agent", "version": 1, "name": "New"}'},
        ),
        "agent_draft": Row("405 422 405 405 405", "405 422 405 405 405", data={"sentence": "Helps."}),  # no model can
        "agent_drafting": kept(Row("200 405 405 405 405", "404 405 405 405 405", "204 405 405 405 405", "draft")),
        "agent": page("agent"),
        "agent_edit": form("agent", "204", name="Changed", icon_id="default"),
        "agent_active": act("agent", "204"),
        "agent_duplicate": act("agent", "204"),
        "agent_export": page("agent"),
        "agent_delete": kept(act("agent", "204")),
        "agent_restore": kept(act("gone_agent", "204")),
        "agent_versions": page("agent"),
        "agent_version_restore": act("version", "204"),
        "agent_visibility": kept(act("agent", "204", visibility="private")),
        "agent_grant": kept(act("agent", "204", email="nobody@example.org")),
        "agent_revoke": kept(act("permission", "204")),
        "agent_hide": act("agent", "204"),
        "agent_bookmark": act("agent", "200", add="1"),
        "assistant": Row("200 302 405 405 405", "200 302 405 405 405", data={"bot_name": "Al"}),
        "chat_told": page("chat"),
        "chat_standing": page("chat"),
        "chat_create": Row(  # without a model on offer nothing can be sent
            "405 422 405 405 405", "405 422 405 405 405", data={"text": "Hello"}
        ),
        "chat": page("chat"),
        "chat_earlier": Row("200 405 405 405 405", "404 405 405 405 405", names="chat"),
        "chat_later": Row("200 405 405 405 405", "404 405 405 405 405", names="chat"),
        "chat_rename": form("chat", "204", title="Renamed"),
        "chat_pin": act("chat", "204"),
        "chat_delete": act("chat", "204"),
        "chat_restore": act("deleted", "204"),
        "chat_settings": form("chat", "204", temperature="1"),
        "chat_move": Row(  # to nowhere; where it can go is tested in tests/chats/test_move.py
            "200 422 405 405 405", "404 404 405 405 405", names="chat", data={"to": "nowhere"}
        ),
        "chat_model": act("chat", "409", done="409", model="nobody:nothing"),
        "chat_agent": act("chat", "204"),
        "message_send": act("chat", "200", text="Hello again"),
        "message": Row("302 405 405 405 405", "404 405 405 405 405", "200 405 405 405 405", "answer"),
        "message_frames": page("answer"),
        "message_stop": act("answer", "204"),
        "message_waiting": page("pending"),
        "message_go_on": act("pending", "409", done="409"),  # a call must be decided first
        "approval_allow": act("approval", "409", done="409"),  # its tool is gone; tests/chats/test_approvals.py allows
        "approval_refuse": others(act("approval", "200")),  # in a team whoever asked decides
        "allowance_list": page(),
        "allowance_forget": kept(act("allowance", "302")),
        "message_regenerate": act("answer", "200"),
        "message_branch": act("answer", "204"),
        "message_retry": act("answer", "200"),
        "message_continue": act("answer", "200"),
        "message_edit": others(form("question", "200", text="Another question")),
        "message_select": act("question", "200"),
        "message_delete": others(form("question", "200")),
        "message_usage": page("answer"),
        "message_withdraw": others(act("waiting", "200")),
        "message_push": act("waiting", "200"),
        "message_image": page("image"),
        # There is no table to be asked; tests/chats/test_results.py has some.
        "message_result": Row("409 405 405 405 405", "404 405 405 405 405", names="queried"),
        "message_result_keep": Row(
            "200 422 405 405 405", "404 404 405 405 405", names="queried", data={"title": "New"}
        ),
    }
    | LIBRARY
    | WORKFLOWS
    | RUNS
)


#: What is a person's own in every workspace.
PERSONAL = {"preset", "allowance", "archive"}
#: What opens for whoever it asks, wherever they are.
ANYWHERE = {"workflow_approval"}

#: Under /team/<slug>/ alone. `holder` is an admin of the team.
TEAM = {
    "members": page(),
    "member_role": for_admins("405 302 405 405 405", "405 204 405 405 405", "member", role="member"),
    "member_remove": for_admins("200 302 405 405 405", "200 204 405 405 405", "member"),
    "leave": Row(  # the last admin cannot
        "200 409 405 405 405",
        NOT_THERE,
        member="200 302 405 405 405",
        member_htmx="200 204 405 405 405",
    ),
    "settings": for_admins("200 302 405 405 405", "200 204 405 405 405", name="Another name"),
    "slug_change": for_admins("405 302 405 405 405", "405 204 405 405 405", slug="another-address"),
    "delete": for_admins("200 302 405 405 405", "200 204 405 405 405", name="CANARY-A team"),
    "invite_send": for_admins(
        "200 302 405 405 405", "200 204 405 405 405", addresses="another@example.org", role="member"
    ),
    "invite_resend": for_admins("405 302 405 405 405", "405 204 405 405 405", "invite"),
    "invite_revoke": for_admins("405 302 405 405 405", "405 204 405 405 405", "invite"),
}

#: Addresses of nobody's in particular: `holder` is anybody who is signed in.
COMMON = {
    "home": Row("302 405 405 405 405", "302 405 405 405 405"),
    "setup": Row("404 404 405 405 405", "404 404 405 405 405", anonymous="404 404 405 405 405"),
    "preferences": Row("405 302 405 405 405", "405 302 405 405 405", data={"theme": "dark"}),
    "teams:new": Row(
        "200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405", data={"name": "Another team"}
    ),
    "teams:slug": Row("302 405 405 405 405", "302 405 405 405 405", "200 405 405 405 405"),
    "invite": Row("404 404 405 405 405", "404 404 405 405 405", anonymous="404 404 405 405 405"),
    "invite_kept": Row("302 302 405 405 405", "302 302 405 405 405", anonymous="302 302 405 405 405"),
    "invite_account": Row("302 302 405 405 405", "302 302 405 405 405", anonymous="302 302 405 405 405"),
    "profile": Row("200 302 405 405 405", "200 302 405 405 405", data={"name": "Al"}),
    "person_picture": Row("404 405 405 405 405", "404 405 405 405 405"),  # nobody has one; tests/teams/test_pictures.py
    "notifications": Row("200 405 405 405 405", "200 405 405 405 405"),
    "notifications_bell": Row("200 405 405 405 405", "200 405 405 405 405"),
    "notifications_read": Row("405 302 405 405 405", "405 302 405 405 405"),
    "notifications_mail": Row("405 302 405 405 405", "405 302 405 405 405"),
    "mcp_callback": Row("409 405 405 405 405", "409 405 405 405 405"),  # nobody has begun a sign-in
    "mcp_client": Row("200 405 405 405 405", "200 405 405 405 405", anonymous="200 405 405 405 405"),  # who Sambung is
    # No link has this token: tests/teams/test_links.py. Only a copy takes an account.
    "shared": Row("404 404 405 405 405", "404 404 405 405 405", anonymous="404 404 405 405 405"),
    "shared_seen": Row("405 404 405 405 405", "405 404 405 405 405", anonymous="405 404 405 405 405"),
    "shared_copy": Row("404 404 405 405 405", "404 404 405 405 405"),
    **dict.fromkeys(("shared_file", "shared_thumbnail", "shared_picture"), _BYTES),
    "form_sent": Row("404 404 405 405 405", "404 404 405 405 405", anonymous="404 404 405 405 405"),
    "hook": Row("405 404 405 405 405", "405 404 405 405 405", anonymous="405 404 405 405 405"),  # nobody's address
    "leaving": Row("404 405 405 405 405", "404 405 405 405 405", anonymous="404 405 405 405 405"),  # to nowhere
    "mail_state": Row("200 405 405 405 405", "200 405 405 405 405", anonymous="200 405 405 405 405"),
    "frame": Row("200 405 405 405 405", "200 405 405 405 405", anonymous="200 405 405 405 405"),  # it holds nothing
    "healthz": Row("200 405 405 405 405", "200 405 405 405 405", anonymous="200 405 405 405 405"),
    "readyz": Row("503 405 405 405 405", "503 405 405 405 405", anonymous="503 405 405 405 405"),  # no runtime here
}


#: The instance's own pages: `holder` is an instance admin, and to everybody else who is signed in they are not there.
INSTANCE = {
    "instance": Row(
        "200 302 405 405 405",
        "404 404 405 405 405",
        data={"sign_up": "closed", "second_factor": "nobody", "web_access": "any"},
    ),
    "instance_people": Row("200 405 405 405 405", "404 405 405 405 405"),
    "instance_person": Row("200 405 405 405 405", "404 405 405 405 405"),
    "instance_person_role": Row("405 302 405 405 405", "405 404 405 405 405", data={"role": "agent_admin"}),
    "instance_person_active": Row("405 302 405 405 405", "405 404 405 405 405"),
    "instance_person_sessions": Row("405 302 405 405 405", "405 404 405 405 405"),
    "instance_teams": Row("200 405 405 405 405", "404 405 405 405 405"),
    "instance_audit": Row("200 405 405 405 405", "404 405 405 405 405"),
    "instance_key_list": Row("200 405 405 405 405", "404 405 405 405 405"),
    "instance_key_new": Row("200 302 405 405 405", "404 404 405 405 405", data=_KEY),
    "instance_key": Row("200 302 405 405 405", "404 404 405 405 405", data=_KEY),
    "instance_key_test": Row("405 302 405 405 405", "405 404 405 405 405"),
    "instance_key_active": Row("405 302 405 405 405", "405 404 405 405 405"),
    "instance_key_forget": Row("405 302 405 405 405", "405 404 405 405 405", data={"model": "gpt-4o"}),
    "instance_server_forget": Row("405 302 405 405 405", "405 404 405 405 405"),
    "instance_key_delete": Row("200 302 405 405 405", "404 404 405 405 405"),
    "instance_tool_key_list": Row("200 302 405 405 405", "404 404 405 405 405", data=_TOOL_KEY),
    "instance_tool_key_delete": Row("405 302 405 405 405", "405 404 405 405 405"),
    "instance_mcp_list": Row("200 405 405 405 405", "404 405 405 405 405"),
    "instance_mcp_new": Row("200 302 405 405 405", "404 404 405 405 405", data=_SERVER),
    "instance_mcp_paste": Row("200 200 405 405 405", "404 404 405 405 405", data=_PASTED),
    "instance_mcp_server": Row("200 405 405 405 405", "404 405 405 405 405"),
    "instance_mcp_edit": Row("200 302 405 405 405", "404 404 405 405 405", data=_SERVER),
    "instance_mcp_active": Row("405 302 405 405 405", "405 404 405 405 405"),
    "instance_mcp_visibility": Row("405 302 405 405 405", "405 404 405 405 405", data={"visibility": "private"}),
    "instance_mcp_delete": Row("200 302 405 405 405", "404 404 405 405 405"),
    "instance_mcp_refresh": Row("405 302 405 405 405", "405 404 405 405 405"),
    "instance_mcp_switch": Row("405 302 405 405 405", "405 404 405 405 405", data={"name": "look"}),
    "instance_mcp_approve": Row("405 302 405 405 405", "405 404 405 405 405"),
    "instance_mcp_instruct": Row("405 302 405 405 405", "405 404 405 405 405", data={"instructions": "Be brief."}),
    "instance_mcp_sign_in": Row("405 409 405 405 405", "405 404 405 405 405"),
    "instance_mcp_sign_out": Row("405 302 405 405 405", "405 404 405 405 405"),
    "instance_mcp_tool": Row("404 404 405 405 405", "404 404 405 405 405"),
    "instance_mcp_resource": Row("405 404 405 405 405", "405 404 405 405 405"),
    "instance_mcp_prompt": Row("404 404 405 405 405", "404 404 405 405 405"),
    "instance_health": Row("200 405 405 405 405", "404 405 405 405 405"),
    "instance_mail_test": Row("302 302 405 405 405", "404 404 405 405 405", "200 302 405 405 405"),
    "instance_mail_again": Row("405 302 405 405 405", "405 404 405 405 405"),
}


#: Open to everybody, and sent on by the view itself: a script is not told to sign in.
SENT_ON = {"account_email_verification_sent", "account_confirm_login_code", "mfa_authenticate", "socialaccount_signup"}


def _account(signed_in: str, anonymous: str = TO_SIGN_IN) -> Row:
    return Row(signed_in, signed_in, anonymous=anonymous)


#: allauth's own views take a PUT as a POST. Sign-up is by invitation: its page says so. What asks for the password once
#: more sends there first (302).
ACCOUNTS = {
    "account_login": _account("302 302 302 302 302", "200 200 200 405 405"),
    "account_logout": _account("200 302 405 405 405", "302 302 405 405 405"),
    "account_inactive": _account("200 405 405 405 405", "200 405 405 405 405"),
    "account_signup": _account("302 302 302 302 302", "200 200 200 200 200"),
    "account_reauthenticate": _account("200 200 200 405 405"),
    "account_email": _account("200 302 302 405 405"),
    "account_email_verification_sent": _account("302 302 302 302 302", "302 302 302 302 302"),
    "account_change_password": _account("200 200 200 405 405"),
    "account_set_password": _account("302 302 302 302 302"),
    "account_reset_password": _account("200 200 200 405 405", "200 200 200 405 405"),
    "account_reset_password_done": _account("200 405 405 405 405", "200 405 405 405 405"),
    "account_reset_password_from_key": _account("400 400 400 400 400", "400 400 400 400 400"),
    "account_reset_password_from_key_done": _account("200 405 405 405 405", "200 405 405 405 405"),
    "account_confirm_login_code": _account("302 302 302 302 302", "302 302 302 302 302"),
    "account_request_login_code": _account("302 302 302 302 302", "200 200 200 405 405"),
    "account": _account("200 405 405 405 405"),
    "account_export": _account("302 302 405 405 405"),
    "account_delete": _account("302 302 405 405 405"),
    "account_session_end": _account("405 404 405 405 405"),
    "mfa_index": _account("200 405 405 405 405"),
    "mfa_authenticate": _account("302 302 302 302 302", "302 302 302 302 302"),
    "mfa_reauthenticate": _account("302 302 302 302 302"),
    "mfa_activate_totp": _account("302 302 302 302 302"),
    "mfa_deactivate_totp": _account("404 404 404 404 404"),  # there is none
    "mfa_view_recovery_codes": _account("404 405 405 405 405"),
    "mfa_generate_recovery_codes": _account("302 302 302 302 302"),
    "mfa_download_recovery_codes": _account("404 404 404 404 404"),
    "mfa_list_webauthn": _account("200 405 405 405 405"),
    "mfa_add_webauthn": _account("302 302 302 302 302"),
    "mfa_reauthenticate_webauthn": _account("302 302 302 302 302"),
    "mfa_remove_webauthn": _account("302 302 302 302 302"),
    "mfa_edit_webauthn": _account("302 302 302 302 302"),
    "mfa_login_webauthn": _account("302 302 302 302 302", "302 302 302 405 405"),
    "usersessions_list": _account("200 302 302 405 405"),
    "socialaccount_connections": _account("200 200 200 405 405"),
    "socialaccount_signup": _account("302 302 302 302 302", "302 302 302 302 302"),
    "socialaccount_login_cancelled": _account("200 405 405 405 405", "200 405 405 405 405"),
    "socialaccount_login_error": _account("401 405 405 405 405"),
    "openid_connect_login": _account("404 404 404 404 404", "404 404 404 404 404"),  # no provider is named
    "openid_connect_callback": _account("404 404 404 404 404", "404 404 404 404 404"),
    "github_login": _account("404 404 404 404 404", "404 404 404 404 404"),
    "github_callback": _account("404 404 404 404 404", "404 404 404 404 404"),
}

#: Admin: page -> GET and POST of an instance admin. Everybody else is sent to sign in, by every method.
ADMIN_SITE = {
    "index": "200 200",
    "login": "302 200",
    "logout": "405 200",
    "password_change": "200 200",
    "password_change_done": "200 405",
    "autocomplete": "403 405",
    "jsi18n": "200 405",
    "view_on_site": "404 404",
    "app_list": "200 200",
    "<catch-all>": "404 404",
    "auth_user_password_change": "200 200",
}
_READ = {"changelist": "200 200", "add": "403 403", "change": "200 403", "delete": "403 403", "history": "200 200"}
_KEEP = {"changelist": "200 200", "add": "200 200", "change": "200 200", "delete": "403 403", "history": "200 200"}
_ALL = _KEEP | {"delete": "200 302"}
ADMIN_MODELS = dict.fromkeys(WORKFLOW_MODELS, _READ) | {
    "teams_user": _KEEP,
    "teams_team": _KEEP,
    "teams_teammember": _READ,
    "teams_teaminvite": _READ,
    **dict.fromkeys(("teams_slugredirect", "teams_notification", "teams_mail"), _READ),
    "teams_instance": _KEEP | {"add": "403 403"},
    "teams_auditentry": _READ,
    "agents_apikey": _READ,
    "agents_agent": _READ,
    "agents_agentversion": _READ,
    "agents_agentuserpermission": _READ,
    "agents_agentbookmark": _READ,
    "agents_agentdraft": _READ,
    "agents_toolkey": _READ,
    "agents_toolpreset": _READ,
    "agents_toolapproval": _READ,
    "agents_toolallowance": _READ,
    "agents_mcpserver": _READ,
    "agents_mcpservercustominstructions": _READ,
    "agents_mcpservertoolcustominstructions": _READ,
    "agents_mcpoauthsession": _READ,
    "agents_run": _READ,
    "agents_usageentry": _READ,
    "chats_chat": _READ,
    "chats_message": _READ,
    "chats_chatread": _READ,
    "chats_chatcollection": _READ,
    "chats_folder": _READ,
    "chats_tag": _READ | {"add": "200 200"},
    "chats_chattag": _READ,
    "chats_archive": _READ,
    "chats_archiveitem": _READ,
    "chats_attachment": _READ,
    "chats_chatdocument": _READ,
    "chats_prompt": _READ,
    "chats_promptversion": _READ,
    "chats_publiclink": _READ,
    "chats_transfer": _READ,
    "documents_document": _READ,
    "documents_documentversion": _READ,
    "documents_documentfolder": _READ,
    "documents_documentlink": _READ,
    "documents_documentpicture": _READ,
    "documents_documentextraction": _READ,
    "documents_collection": _READ,
    "documents_collectionitem": _READ,
    "documents_agentcollection": _READ,
    "documents_embeddingspace": _READ | {"add": "200 200"},
    "account_emailaddress": _ALL,
    "mfa_authenticator": _READ | {"change": "200 200", "delete": "200 302"},
    "usersessions_usersession": _READ,
    "socialaccount_socialaccount": _READ,
    "procrastinate_procrastinatejob": _READ,
}
