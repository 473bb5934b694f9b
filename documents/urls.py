"""What people do with documents, inside a workspace: included once for `/app/`, once for `/team/<slug>/`; frames."""

from django.urls import path

from documents.views import (
    collections,
    documents,
    editing,
    files,
    folders,
    frames,
    passages,
    pictures,
    review,
    running,
    sharing,
    versions,
)

public = [
    path("frame/<str:kind>/", frames.frame, name="frame"),
    path("p/<str:token>/pictures/<uuid:picture_id>/", pictures.shared_picture, name="shared_picture"),
]
urlpatterns = [
    path("documents/", documents.document_list, name="document_list"),
    path("documents/new/", documents.document_new, name="document_new"),
    path("documents/upload/", files.document_upload, name="document_upload"),
    path("documents/preview/", editing.document_preview, name="document_preview"),
    path("documents/folders/new/", folders.document_folder_new, name="document_folder_new"),
    path("documents/folders/<uuid:folder_id>/", folders.document_folder, name="document_folder"),
    path("documents/folders/<uuid:folder_id>/rename/", folders.document_folder_rename, name="document_folder_rename"),
    path("documents/folders/<uuid:folder_id>/move/", folders.document_folder_move, name="document_folder_move"),
    path("documents/folders/<uuid:folder_id>/delete/", folders.document_folder_delete, name="document_folder_delete"),
    path(
        "documents/folders/<uuid:folder_id>/restore/", folders.document_folder_restore, name="document_folder_restore"
    ),
    path("documents/<uuid:document_id>/", documents.document, name="document"),
    path("documents/<uuid:document_id>/file/", files.document_file, name="document_file"),
    path("documents/<uuid:document_id>/state/", files.document_state, name="document_state"),
    path("documents/<uuid:document_id>/stop/", files.document_stop, name="document_stop"),
    path("documents/<uuid:document_id>/read/", files.document_read_again, name="document_read_again"),
    path("documents/<uuid:document_id>/passage/", passages.document_passage, name="document_passage"),
    path("documents/<uuid:document_id>/edit/", editing.document_edit, name="document_edit"),
    path("documents/<uuid:document_id>/save/", editing.document_save, name="document_save"),
    path("documents/<uuid:document_id>/current/", editing.document_current, name="document_current"),
    path("documents/<uuid:document_id>/pictures/", pictures.document_picture_add, name="document_picture_add"),
    path("documents/pictures/<uuid:picture_id>/", pictures.document_picture, name="document_picture"),
    path("documents/<uuid:document_id>/run/", running.document_run, name="document_run"),
    path("documents/<uuid:document_id>/rename/", documents.document_rename, name="document_rename"),
    path("documents/<uuid:document_id>/folder/", documents.document_place, name="document_place"),
    path("documents/<uuid:document_id>/export/", documents.document_export, name="document_export"),
    path("documents/<uuid:document_id>/share/", sharing.document_share, name="document_share"),
    path("documents/<uuid:document_id>/unshare/", sharing.document_unshare, name="document_unshare"),
    path("documents/<uuid:document_id>/delete/", documents.document_delete, name="document_delete"),
    path("documents/<uuid:document_id>/restore/", documents.document_restore, name="document_restore"),
    path("documents/<uuid:document_id>/review/", review.document_review, name="document_review"),
    path("documents/<uuid:document_id>/versions/", versions.document_versions, name="document_versions"),
    path("documents/versions/<uuid:version_id>/", versions.document_version, name="document_version"),
    path("documents/versions/<uuid:version_id>/name/", versions.document_version_name, name="document_version_name"),
    path(
        "documents/versions/<uuid:version_id>/restore/",
        versions.document_version_restore,
        name="document_version_restore",
    ),
    path("collections/", collections.collection_list, name="collection_list"),
    path("collections/new/", collections.collection_new, name="collection_new"),
    path("collections/<uuid:collection_id>/", collections.collection, name="collection"),
    path("collections/<uuid:collection_id>/edit/", collections.collection_edit, name="collection_edit"),
    path("collections/<uuid:collection_id>/delete/", collections.collection_delete, name="collection_delete"),
    path("collections/<uuid:collection_id>/fill/", collections.collection_fill, name="collection_fill"),
    path("collections/<uuid:collection_id>/agents/", collections.collection_give, name="collection_give"),
    path("collections/items/<uuid:item_id>/remove/", collections.collection_item_remove, name="collection_item_remove"),
    path("collections/agents/<uuid:bound_id>/remove/", collections.collection_take_back, name="collection_take_back"),
]
