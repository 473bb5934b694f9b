"""Exports and imports."""

from django.urls import path

from chats.views import transfers

urlpatterns = [
    path("chats/<uuid:chat_id>/export/", transfers.chat_export, name="chat_export"),
    path("transfers/", transfers.transfer_list, name="transfer_list"),
    path("transfers/export/", transfers.transfer_new, name="transfer_new"),
    path("transfers/import/", transfers.transfer_upload, name="transfer_upload"),
    path("transfers/<uuid:transfer_id>/", transfers.transfer, name="transfer"),
    path("transfers/<uuid:transfer_id>/start/", transfers.transfer_start, name="transfer_start"),
    path("transfers/<uuid:transfer_id>/stop/", transfers.transfer_stop, name="transfer_stop"),
    path("transfers/<uuid:transfer_id>/again/", transfers.transfer_again, name="transfer_again"),
    path("transfers/<uuid:transfer_id>/delete/", transfers.transfer_delete, name="transfer_delete"),
    path("transfers/<uuid:transfer_id>/file/", transfers.transfer_file, name="transfer_file"),
]
