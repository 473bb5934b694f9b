"""Attachments."""

from django.urls import path

from chats.views import files

urlpatterns = [
    path("files/", files.attachment_add, name="attachment_add"),
    path("files/<uuid:attachment_id>/", files.attachment, name="attachment"),
    path("files/<uuid:attachment_id>/thumbnail/", files.attachment_thumbnail, name="attachment_thumbnail"),
    path("files/<uuid:attachment_id>/preview/", files.attachment_preview, name="attachment_preview"),
    path("files/<uuid:attachment_id>/encoding/", files.attachment_encoding, name="attachment_encoding"),
    path("files/<uuid:attachment_id>/remove/", files.attachment_remove, name="attachment_remove"),
]
