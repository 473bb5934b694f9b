"""What people do with workflows, inside a workspace: included once for `/app/`, once for `/team/<slug>/`; hooks."""

from django.urls import path

from workflows.views import editing, form_pages, hooks, nodes, publishing, triggers, workflows

public = [
    path("hooks/<str:token>/", hooks.hook, name="hook"),
    path("forms/<str:token>/", form_pages.form_sent, name="form_sent"),
]
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
    path("workflows/times/", triggers.workflow_times, name="workflow_times"),
    path("workflows/<uuid:workflow_id>/publish/", publishing.workflow_publish, name="workflow_publish"),
    path("workflows/<uuid:workflow_id>/unpublish/", publishing.workflow_unpublish, name="workflow_unpublish"),
    path("workflows/<uuid:workflow_id>/versions/", publishing.workflow_versions, name="workflow_versions"),
    path("workflows/versions/<uuid:version_id>/", publishing.workflow_version, name="workflow_version"),
    path(
        "workflows/versions/<uuid:version_id>/restore/",
        publishing.workflow_version_restore,
        name="workflow_version_restore",
    ),
    path("workflows/<uuid:workflow_id>/triggers/", triggers.workflow_triggers, name="workflow_triggers"),
    path(
        "workflows/<uuid:workflow_id>/triggers/new/<str:kind>/",
        triggers.workflow_trigger_new,
        name="workflow_trigger_new",
    ),
    path("workflows/triggers/<uuid:trigger_id>/", triggers.workflow_trigger, name="workflow_trigger"),
    path(
        "workflows/triggers/<uuid:trigger_id>/active/",
        triggers.workflow_trigger_active,
        name="workflow_trigger_active",
    ),
    path(
        "workflows/triggers/<uuid:trigger_id>/delete/",
        triggers.workflow_trigger_delete,
        name="workflow_trigger_delete",
    ),
    path(
        "workflows/triggers/<uuid:trigger_id>/address/",
        triggers.workflow_trigger_address,
        name="workflow_trigger_address",
    ),
    path(
        "workflows/triggers/<uuid:trigger_id>/secret/",
        triggers.workflow_trigger_secret,
        name="workflow_trigger_secret",
    ),
    path("workflows/triggers/<uuid:trigger_id>/try/", triggers.workflow_trigger_try, name="workflow_trigger_try"),
    path("workflows/<uuid:workflow_id>/form/", form_pages.workflow_form, name="workflow_form"),
    path("workflows/<uuid:workflow_id>/form/share/", form_pages.workflow_form_share, name="workflow_form_share"),
    path("workflows/<uuid:workflow_id>/form/unshare/", form_pages.workflow_form_unshare, name="workflow_form_unshare"),
]
