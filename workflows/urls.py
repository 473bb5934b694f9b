"""What people do with workflows, inside a workspace: included once for `/app/`, once for `/team/<slug>/`."""

from django.urls import path

from workflows.views import approvals, editing, nodes, replays, running, runs, steps, tests, workflows

urlpatterns = [
    path("workflows/", workflows.workflow_list, name="workflow_list"),
    path("workflows/new/", workflows.workflow_new, name="workflow_new"),
    path("workflows/<uuid:workflow_id>/", workflows.workflow, name="workflow"),
    path("workflows/<uuid:workflow_id>/list/", workflows.workflow, {"view": "list"}, name="workflow_list_view"),
    path("workflows/<uuid:workflow_id>/draft/", editing.workflow_draft, name="workflow_draft"),
    path("workflows/<uuid:workflow_id>/operations/", editing.workflow_operations, name="workflow_operations"),
    path("workflows/<uuid:workflow_id>/check/", editing.workflow_check, name="workflow_check"),
    path("workflows/<uuid:workflow_id>/nodes/<uuid:node_id>/", nodes.workflow_node, name="workflow_node"),
    path("workflows/<uuid:workflow_id>/nodes/<uuid:node_id>/run/", running.workflow_run_to, name="workflow_run_to"),
    path("workflows/<uuid:workflow_id>/rename/", workflows.workflow_rename, name="workflow_rename"),
    path("workflows/<uuid:workflow_id>/visibility/", workflows.workflow_visibility, name="workflow_visibility"),
    path("workflows/<uuid:workflow_id>/delete/", workflows.workflow_delete, name="workflow_delete"),
    path("workflows/<uuid:workflow_id>/restore/", workflows.workflow_restore, name="workflow_restore"),
    path("workflows/<uuid:workflow_id>/run/", runs.workflow_run_new, name="workflow_run_new"),
    path("workflows/<uuid:workflow_id>/runs/", runs.workflow_runs, name="workflow_runs"),
    path("workflows/<uuid:workflow_id>/runs/compare/", replays.workflow_compare, name="workflow_compare"),
    path("workflows/<uuid:workflow_id>/values/", runs.workflow_values, name="workflow_values"),
    path("workflows/<uuid:workflow_id>/tests/", tests.workflow_tests, name="workflow_tests"),
    path(
        "workflows/<uuid:workflow_id>/nodes/<uuid:node_id>/alone/",
        replays.workflow_node_alone,
        name="workflow_node_alone",
    ),
    path("workflows/runs/", runs.workflow_runs, name="workflow_runs_all"),
    path("workflows/runs/<uuid:run_id>/", runs.workflow_run, name="workflow_run"),
    path("workflows/runs/<uuid:run_id>/state/", runs.workflow_run_state, name="workflow_run_state"),
    path("workflows/runs/<uuid:run_id>/stop/", runs.workflow_run_stop, name="workflow_run_stop"),
    path("workflows/runs/<uuid:run_id>/more/", runs.workflow_run_more, name="workflow_run_more"),
    path("workflows/runs/<uuid:run_id>/delete/", runs.workflow_run_delete, name="workflow_run_delete"),
    path("workflows/runs/<uuid:run_id>/pin/", tests.workflow_run_pin, name="workflow_run_pin"),
    path("workflows/runs/<uuid:run_id>/replay/", replays.workflow_replay, name="workflow_replay"),
    path("workflows/runs/<uuid:run_id>/value/<str:which>/", runs.workflow_run_value, name="workflow_run_value"),
    path("workflows/steps/<uuid:step_id>/", steps.workflow_step, name="workflow_step"),
    path("workflows/steps/<uuid:step_id>/settle/", steps.workflow_step_settle, name="workflow_step_settle"),
    path("workflows/steps/<uuid:step_id>/<str:which>/", steps.workflow_step_value, name="workflow_step_value"),
    path("workflows/tests/<uuid:test_id>/delete/", tests.workflow_test_delete, name="workflow_test_delete"),
    path("workflows/approvals/<uuid:approval_id>/", approvals.approval, name="approval"),
    path("workflows/approvals/<uuid:approval_id>/decide/", approvals.approval_decide, name="approval_decide"),
]
