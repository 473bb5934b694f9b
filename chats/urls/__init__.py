"""What people do with chats, inside a workspace: included once for `/app/`, once for `/team/<slug>/`."""

from chats.urls import chats, files, filing, prompts, search, sharing, transfers

urlpatterns = [
    *chats.urlpatterns,
    *filing.urlpatterns,
    *search.urlpatterns,
    *prompts.urlpatterns,
    *files.urlpatterns,
    *sharing.urlpatterns,
    *transfers.urlpatterns,
]
public = sharing.public
