"""The addresses of workflows: a part of the table of workspaces."""

from tests.guards.rows import Row, act, form, page

_FILE = {"text": '{"nodes": [{"id": "a", "type": "note", "data": {}}], "edges": []}', "name": "New"}
WORKFLOWS: dict[str, Row] = {
    "workflow_list": page(),
    "workflow_new": Row("200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405", data={"name": "New"}),
    "workflow_import": Row("200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405", data=_FILE),
    "workflow_templates": Row(
        "200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405", data={"template": "get-weather"}
    ),
    "workflow_export": page("workflow"),
    "workflow_imported": page("workflow"),
    "workflow": page("workflow"),
    "workflow_list_view": page("workflow"),
    "workflow_draft": page("workflow"),
    "workflow_operations": act("workflow", "422", done="422"),  # a form is no JSON
    "workflow_check": page("workflow"),
    "workflow_node": Row("200 422 405 405 405", "404 404 405 405 405", names="workflow_node"),  # without a name
    "workflow_run_to": Row("200 422 405 405 405", "404 404 405 405 405", names="workflow_node"),  # there is no input
    "workflow_rename": form("workflow", "204", name="Renamed"),
    "workflow_visibility": form("workflow", "204", visibility="private"),
    "workflow_delete": act("workflow", "204"),
    "workflow_restore": act("gone_workflow", "204"),
    "message_call": Row("404 405 405 405 405", "404 405 405 405 405", names="answer"),  # it has called none
    "message_call_decide": Row("405 404 405 405 405", "405 404 405 405 405", names="answer"),  # nor is anything asked
    "workflow_publish": form("published_workflow", "204", draft_version=1, name="report"),
    "workflow_unpublish": act("published_workflow", "204"),
    "workflow_versions": page("published_workflow"),
    "workflow_version": page("workflow_version"),
    "workflow_version_restore": act("workflow_version", "204"),
    "workflow_times": page(),
    "workflow_triggers": page("published_workflow"),
    "workflow_trigger_new": Row(
        "200 422 405 405 405", "404 404 405 405 405", names="published_workflow"
    ),  # says nothing
    "workflow_trigger": Row("200 422 405 405 405", "404 404 405 405 405", names="workflow_schedule"),  # nor does this
    "workflow_trigger_active": act("workflow_schedule", "204"),
    "workflow_trigger_delete": form("workflow_schedule", "204"),
    "workflow_trigger_address": act("workflow_webhook", "201", done="201"),
    "workflow_trigger_secret": act("workflow_webhook", "201", done="201"),
    "workflow_trigger_try": act("workflow_schedule", "204"),
    "workflow_form": form("published_workflow", "204"),
    "workflow_form_share": Row(
        "200 200 405 405 405", "404 404 405 405 405", names="published_workflow", data={"expires": "never"}
    ),
    "workflow_form_unshare": Row(
        "404 404 405 405 405", "404 404 405 405 405", names="published_workflow"
    ),  # it has none
}
#: What admins read of in Django admin, and change nothing of.
WORKFLOW_MODELS = (
    *("workflows_workflow", "workflows_workflownode", "workflows_workflowedge", "workflows_workflowchange"),
    *("workflows_workflowversion", "workflows_workflowlink", "workflows_workflowtest", "workflows_workflowtrigger"),
    *("workflows_workflowrun", "workflows_workflowstep", "workflows_approval"),
)
