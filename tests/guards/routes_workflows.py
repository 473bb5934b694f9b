"""The addresses of workflows: a part of the table of workspaces."""

from tests.guards.rows import Row, act, form, page

WORKFLOWS: dict[str, Row] = {
    "workflow_list": page(),
    "workflow_new": Row("200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405", data={"name": "New"}),
    "workflow": page("workflow"),
    "workflow_list_view": page("workflow"),
    "workflow_draft": page("workflow"),
    "workflow_operations": act("workflow", "422", done="422"),  # a form is no JSON
    "workflow_check": page("workflow"),
    "workflow_node": form("workflow_node", "422"),  # without a name
    "workflow_rename": form("workflow", "204", name="Renamed"),
    "workflow_visibility": form("workflow", "204", visibility="private"),
    "workflow_delete": act("workflow", "204"),
    "workflow_restore": act("gone_workflow", "204"),
}
