"""What people do with keys, models and agents, inside a workspace: included for `/app/` and for `/team/<slug>/`."""

from django.urls import path

from agents.views import agent_files, agent_people, mcp_server, mcp_try
from agents.views import agents as agent_views
from agents.views import keys as key_views
from agents.views import mcp as mcp_views
from agents.views import models as model_views
from agents.views import tool_keys as tool_key_views
from agents.views import tools as tool_views

keys = [
    path("keys/", key_views.key_list, name="key_list"),
    path("keys/new/", key_views.key_new, name="key_new"),
    path("keys/<uuid:key_id>/", key_views.key, name="key"),
    path("keys/<uuid:key_id>/test/", key_views.key_test, name="key_test"),
    path("keys/<uuid:key_id>/active/", key_views.key_active, name="key_active"),
    path("keys/<uuid:key_id>/forget/", key_views.key_forget, name="key_forget"),
    path("keys/<uuid:key_id>/delete/", key_views.key_delete, name="key_delete"),
]
tool_keys = [
    path("tools/keys/", tool_key_views.tool_key_list, name="tool_key_list"),
    path("tools/keys/<uuid:key_id>/delete/", tool_key_views.tool_key_delete, name="tool_key_delete"),
]
mcp = [
    path("mcp/", mcp_views.mcp_list, name="mcp_list"),
    path("mcp/new/", mcp_views.mcp_new, name="mcp_new"),
    path("mcp/paste/", mcp_views.mcp_paste, name="mcp_paste"),
    path("mcp/<uuid:server_id>/", mcp_server.mcp_server, name="mcp_server"),
    path("mcp/<uuid:server_id>/edit/", mcp_views.mcp_edit, name="mcp_edit"),
    path("mcp/<uuid:server_id>/active/", mcp_views.mcp_active, name="mcp_active"),
    path("mcp/<uuid:server_id>/visibility/", mcp_views.mcp_visibility, name="mcp_visibility"),
    path("mcp/<uuid:server_id>/delete/", mcp_views.mcp_delete, name="mcp_delete"),
    path("mcp/<uuid:server_id>/refresh/", mcp_server.mcp_refresh, name="mcp_refresh"),
    path("mcp/<uuid:server_id>/switch/", mcp_server.mcp_switch, name="mcp_switch"),
    path("mcp/<uuid:server_id>/approve/", mcp_server.mcp_approve, name="mcp_approve"),
    path("mcp/<uuid:server_id>/instructions/", mcp_server.mcp_instruct, name="mcp_instruct"),
    path("mcp/<uuid:server_id>/sign-in/", mcp_server.mcp_sign_in, name="mcp_sign_in"),
    path("mcp/<uuid:server_id>/sign-out/", mcp_server.mcp_sign_out, name="mcp_sign_out"),
    path("mcp/<uuid:server_id>/tool/", mcp_try.mcp_tool, name="mcp_tool"),
    path("mcp/<uuid:server_id>/resource/", mcp_try.mcp_resource, name="mcp_resource"),
    path("mcp/<uuid:server_id>/prompt/", mcp_try.mcp_prompt, name="mcp_prompt"),
]
#: The instance's own, under `/instance/`: the same pages about the keys of everybody.
instance_keys = [
    path(str(route.pattern), route.callback, {"is_instances": True}, name=f"instance_{route.name}")
    for route in [*keys, *tool_keys, *mcp]
] + [path("keys/servers/<slug:provider>/forget/", key_views.server_forget, name="instance_server_forget")]
tools = [
    path("tools/", tool_views.tool_list, name="tool_list"),
    path("tools/<slug:toolkit>/", tool_views.toolkit, name="toolkit"),
]
models = [
    path("models/", model_views.model_list, name="model_list"),
    path("models/refresh/", model_views.model_refresh, name="model_refresh"),
    path("models/offered/", model_views.model_offered, name="model_offered"),
    path("models/defaults/", model_views.model_defaults, name="model_defaults"),
    path("models/favourite/", model_views.model_favourite, name="model_favourite"),
]
agents = [
    path("agents/", agent_views.agent_list, name="agent_list"),
    path("agents/new/", agent_views.agent_new, name="agent_new"),
    path("agents/import/", agent_files.agent_import, name="agent_import"),
    path("agents/draft/", agent_files.agent_draft, name="agent_draft"),
    path("agents/drafts/<uuid:draft_id>/", agent_files.agent_drafting, name="agent_drafting"),
    path("agents/<uuid:agent_id>/", agent_views.agent, name="agent"),
    path("agents/<uuid:agent_id>/edit/", agent_views.agent_edit, name="agent_edit"),
    path("agents/<uuid:agent_id>/active/", agent_views.agent_active, name="agent_active"),
    path("agents/<uuid:agent_id>/duplicate/", agent_views.agent_duplicate, name="agent_duplicate"),
    path("agents/<uuid:agent_id>/export/", agent_files.agent_export, name="agent_export"),
    path("agents/<uuid:agent_id>/delete/", agent_views.agent_delete, name="agent_delete"),
    path("agents/<uuid:agent_id>/restore/", agent_views.agent_restore, name="agent_restore"),
    path("agents/<uuid:agent_id>/versions/", agent_views.agent_versions, name="agent_versions"),
    path("agents/versions/<uuid:version_id>/restore/", agent_views.agent_version_restore, name="agent_version_restore"),
    path("agents/<uuid:agent_id>/visibility/", agent_people.agent_visibility, name="agent_visibility"),
    path("agents/<uuid:agent_id>/grant/", agent_people.agent_grant, name="agent_grant"),
    path("agents/permissions/<uuid:permission_id>/revoke/", agent_people.agent_revoke, name="agent_revoke"),
    path("agents/<uuid:agent_id>/hide/", agent_people.agent_hide, name="agent_hide"),
    path("agents/<uuid:agent_id>/bookmark/", agent_people.agent_bookmark, name="agent_bookmark"),
]
urlpatterns = [*keys, *tool_keys, *mcp, *tools, *models, *agents]
