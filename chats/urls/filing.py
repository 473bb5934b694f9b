"""Folders, tags, archives, what was deleted."""

from django.urls import path

from chats.views import archives, bulk, folders, tags, trash

urlpatterns = [
    path("chats/bulk/", bulk.chat_bulk, name="chat_bulk"),
    path("chats/<uuid:chat_id>/folder/", folders.chat_place, name="chat_place"),
    path("chats/<uuid:chat_id>/filed/", folders.chat_filed, name="chat_filed"),
    path("chats/<uuid:chat_id>/tag/", tags.chat_tag, name="chat_tag"),
    path("chats/<uuid:chat_id>/untag/", tags.chat_untag, name="chat_untag"),
    path("chats/<uuid:chat_id>/archives/", archives.chat_archives, name="chat_archives"),
    path("folders/", folders.folder_list, name="folder_list"),
    path("folders/new/", folders.folder_new, name="folder_new"),
    path("folders/<uuid:folder_id>/", folders.folder, name="folder"),
    path("folders/<uuid:folder_id>/rename/", folders.folder_rename, name="folder_rename"),
    path("folders/<uuid:folder_id>/settings/", folders.folder_settings, name="folder_settings"),
    path("folders/<uuid:folder_id>/move/", folders.folder_move, name="folder_move"),
    path("folders/<uuid:folder_id>/delete/", folders.folder_delete, name="folder_delete"),
    path("tags/", tags.tag_list, name="tag_list"),
    path("tags/new/", tags.tag_new, name="tag_new"),
    path("tags/names/", tags.tag_names, name="tag_names"),
    path("tags/<uuid:tag_id>/", tags.tag_edit, name="tag_edit"),
    path("tags/<uuid:tag_id>/delete/", tags.tag_delete, name="tag_delete"),
    path("archives/", archives.archive_list, name="archive_list"),
    path("archives/new/", archives.archive_new, name="archive_new"),
    path("archives/others/delete/", archives.others_delete, name="others_delete"),
    path("archives/<uuid:archive_id>/", archives.archive, name="archive"),
    path("archives/<uuid:archive_id>/edit/", archives.archive_edit, name="archive_edit"),
    path("archives/<uuid:archive_id>/delete/", archives.archive_delete, name="archive_delete"),
    path("deleted/", trash.trash, name="trash"),
    path("deleted/restore/", trash.deleted_restore, name="deleted_restore"),
    path("deleted/remove/", trash.deleted_remove, name="deleted_remove"),
    path("deleted/undo/<int:moment>/", trash.deleted_undo, name="deleted_undo"),
]
