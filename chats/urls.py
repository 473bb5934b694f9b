"""What people do with chats, inside a workspace: included once for `/app/`, once for `/team/<slug>/`."""

from django.urls import path

from chats.views import assistant, chats, mentions, messages, moves, palette, picker, trying

urlpatterns = [
    path("", chats.chat_new, name="chat_new"),
    path("chats/", chats.chat_list, name="chat_list"),
    path("chats/new/", chats.chat_create, name="chat_create"),
    path("chats/<uuid:chat_id>/", chats.chat, name="chat"),
    path("chats/<uuid:chat_id>/earlier/", chats.chat_earlier, name="chat_earlier"),
    path("chats/<uuid:chat_id>/rename/", chats.chat_rename, name="chat_rename"),
    path("chats/<uuid:chat_id>/pin/", chats.chat_pin, name="chat_pin"),
    path("chats/<uuid:chat_id>/delete/", chats.chat_delete, name="chat_delete"),
    path("chats/<uuid:chat_id>/restore/", chats.chat_restore, name="chat_restore"),
    path("chats/<uuid:chat_id>/move/", moves.chat_move, name="chat_move"),
    path("chats/<uuid:chat_id>/settings/", chats.chat_settings, name="chat_settings"),
    path("chats/<uuid:chat_id>/model/", picker.chat_model, name="chat_model"),
    path("chats/<uuid:chat_id>/agent/", picker.chat_agent, name="chat_agent"),
    path("chats/<uuid:chat_id>/messages/", messages.message_send, name="message_send"),
    path("messages/<uuid:message_id>/", messages.message, name="message"),
    path("messages/<uuid:message_id>/frames/", messages.message_frames, name="message_frames"),
    path("messages/<uuid:message_id>/stop/", messages.message_stop, name="message_stop"),
    path("messages/<uuid:message_id>/regenerate/", messages.message_regenerate, name="message_regenerate"),
    path("messages/<uuid:message_id>/retry/", messages.message_retry, name="message_retry"),
    path("messages/<uuid:message_id>/continue/", messages.message_continue, name="message_continue"),
    path("messages/<uuid:message_id>/edit/", messages.message_edit, name="message_edit"),
    path("messages/<uuid:message_id>/select/", messages.message_select, name="message_select"),
    path("messages/<uuid:message_id>/delete/", messages.message_delete, name="message_delete"),
    path("messages/<uuid:message_id>/usage/", messages.message_usage, name="message_usage"),
    path("messages/<uuid:message_id>/withdraw/", messages.message_withdraw, name="message_withdraw"),
    path("messages/<uuid:message_id>/push/", messages.message_push, name="message_push"),
    path("messages/<uuid:message_id>/images/<int:index>/", messages.message_image, name="message_image"),
    path("assistant/", assistant.preferences, name="assistant"),
    path("chats/<uuid:chat_id>/standing/", chats.chat_standing, name="chat_standing"),
    path("chats/<uuid:chat_id>/told/", assistant.chat_told, name="chat_told"),
    path("mentions/", mentions.entries, name="mentions"),
    path("picker/", picker.picker, name="picker"),
    path("picker/button/", picker.who_answers, name="who_answers"),
    path("gauge/", picker.gauge, name="gauge"),
    path("agents/<uuid:agent_id>/try/", trying.agent_try, name="agent_try"),
    path("palette/", palette.palette, name="palette"),
]
