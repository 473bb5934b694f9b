"""What people do with workflows, inside a workspace: included once for `/app/`, once for `/team/<slug>/`."""

from django.urls import path

from workflows.views import nodes

urlpatterns = [
    path("workflows/<uuid:workflow_id>/nodes/<uuid:node_id>/", nodes.workflow_node, name="workflow_node"),
]
