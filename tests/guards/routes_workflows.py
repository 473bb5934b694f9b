"""The addresses of workflows: a part of the table of workspaces."""

from tests.guards.rows import Row, act, form, page

#: What admin shows and does not change.
READ_BY_ADMINS = (
    *("workflow", "workflownode", "workflowedge", "workflowchange", "workflowversion", "workflowtest"),
    *("workflowtrigger", "workflowrun", "workflowstep", "approval"),
)
WORKFLOWS: dict[str, Row] = {
    "workflow_list": page(),
    "workflow_new": Row("200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405", data={"name": "New"}),
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
}
