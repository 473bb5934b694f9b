"""What people do with workflows, inside a workspace: included once for `/app/`, once for `/team/<slug>/`."""

from django.urls import path

from workflows.views import editing, nodes, workflows

urlpatterns = [
    path("workflows/", workflows.workflow_list, name="workflow_list"),
    path("workflows/new/", workflows.workflow_new, name="workflow_new"),
    path("workflows/<uuid:workflow_id>/", workflows.workflow, name="workflow"),
    path("workflows/<uuid:workflow_id>/list/", workflows.workflow, {"view": "list"}, name="workflow_list_view"),
    path("workflows/<uuid:workflow_id>/draft/", editing.workflow_draft, name="workflow_draft"),
    path("workflows/<uuid:workflow_id>/operations/", editing.workflow_operations, name="workflow_operations"),
    path("workflows/<uuid:workflow_id>/check/", editing.workflow_check, name="workflow_check"),
    path("workflows/<uuid:workflow_id>/nodes/<uuid:node_id>/", nodes.workflow_node, name="workflow_node"),
    path("workflows/<uuid:workflow_id>/rename/", workflows.workflow_rename, name="workflow_rename"),
    path("workflows/<uuid:workflow_id>/visibility/", workflows.workflow_visibility, name="workflow_visibility"),
    path("workflows/<uuid:workflow_id>/delete/", workflows.workflow_delete, name="workflow_delete"),
    path("workflows/<uuid:workflow_id>/restore/", workflows.workflow_restore, name="workflow_restore"),
]
