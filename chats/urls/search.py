"""The search."""

from django.urls import path

from chats.views import search

urlpatterns = [path("search/", search.search, name="search")]
