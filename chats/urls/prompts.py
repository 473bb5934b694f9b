"""Prompts."""

from django.urls import path

from chats.views import prompt_files, prompts

urlpatterns = [
    path("prompts/", prompts.prompt_list, name="prompt_list"),
    path("prompts/new/", prompts.prompt_new, name="prompt_new"),
    path("prompts/import/", prompt_files.prompt_import, name="prompt_import"),
    path("prompts/export/", prompt_files.prompt_export_all, name="prompt_export_all"),
    path("prompts/entries/", prompts.prompt_entries, name="prompt_entries"),
    path("prompts/variables/", prompts.prompt_variables, name="prompt_variables"),
    path("prompts/<uuid:prompt_id>/", prompts.prompt, name="prompt"),
    path("prompts/<uuid:prompt_id>/use/", prompts.prompt_use, name="prompt_use"),
    path("prompts/<uuid:prompt_id>/edit/", prompts.prompt_edit, name="prompt_edit"),
    path("prompts/<uuid:prompt_id>/copy/", prompts.prompt_copy, name="prompt_copy"),
    path("prompts/<uuid:prompt_id>/public/", prompts.prompt_public, name="prompt_public"),
    path("prompts/<uuid:prompt_id>/export/", prompt_files.prompt_export, name="prompt_export"),
    path("prompts/<uuid:prompt_id>/delete/", prompts.prompt_delete, name="prompt_delete"),
    path("prompts/<uuid:prompt_id>/restore/", prompts.prompt_restore, name="prompt_restore"),
    path("prompts/<uuid:prompt_id>/versions/", prompts.prompt_versions, name="prompt_versions"),
    path("prompts/versions/<uuid:version_id>/restore/", prompts.prompt_version_restore, name="prompt_version_restore"),
]
