"""Public links of chats."""

from django.urls import path

from chats.views import public as open_to_all
from chats.views import sharing

urlpatterns = [
    path("chats/<uuid:chat_id>/share/", sharing.chat_share, name="chat_share"),
    path("chats/<uuid:chat_id>/unshare/", sharing.chat_unshare, name="chat_unshare"),
]

#: Outside of workspaces: what else a link gives, and the page before an address elsewhere.
public = [
    path("p/<str:token>/copy/", open_to_all.shared_copy, name="shared_copy"),
    path("p/<str:token>/files/<uuid:attachment_id>/", open_to_all.shared_file, name="shared_file"),
    path("p/<str:token>/files/<uuid:attachment_id>/thumbnail/", open_to_all.shared_thumbnail, name="shared_thumbnail"),
    path("leaving/", open_to_all.leaving, name="leaving"),
]
