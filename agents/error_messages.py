"""The codes of what fails here, each with its sentence: of a model's service, of keys, of what a model is asked."""

from django.utils.translation import gettext_noop

from sambung.lib import failures, waiting

_ENGINE = {
    "engine_error": gettext_noop("The model could not answer."),
    "rate_limited": gettext_noop(
        "The model's service is receiving too many requests at the moment. Try again shortly."
    ),
    "quota_exceeded": gettext_noop("The account behind this key has used up its quota."),
    "overloaded": gettext_noop("The model's service is overloaded or not available at the moment. Try again shortly."),
    "server_failed": gettext_noop("The model's service failed. Try again shortly."),
    "auth_failed": gettext_noop("The model's service did not accept the key. Check it in the settings."),
    "bad_request": gettext_noop("The model's service refused the request."),
    "not_allowed": gettext_noop("The model's service, or something on the way to it, does not allow this (HTTP 403)."),
    "no_tools": gettext_noop(
        "This model cannot use tools, and the message asks for some by name. Choose another model, or ask without them."
    ),
    "model_gone": gettext_noop("The model's service has no such model, or has it no more. Choose another model."),
    "not_found": gettext_noop(
        "There is no model service at this address. Check it; such an address often ends in /v1."
    ),
    "no_list": gettext_noop("This service does not list its models. Write their names into the key."),
    "context_too_long": gettext_noop(
        "The conversation is too long for this model. Shorten it, or choose a model with a larger window."
    ),
    "too_large": gettext_noop(
        "The conversation is more than this model's service takes at once. Shorten it, or choose another model."
    ),
    "place_refused": gettext_noop(
        "The model's service does not serve the country that this server is in. Choose another model."
    ),
    "unsupported_part": gettext_noop("This conversation holds something that cannot be sent to the model."),
    "connect_failed": gettext_noop("The model's service cannot be reached. Check its address, or try again shortly."),
    "address_refused": gettext_noop("This server does not connect to that address."),
    "timed_out": gettext_noop("The model did not answer in time. Try again."),
    "stalled": gettext_noop("The model stopped in the middle of its answer. Continue, or try again."),
    "cut_off": gettext_noop("The connection to the model broke in the middle of its answer. Continue, or try again."),
    "garbled": gettext_noop("The model's service sent something that cannot be read. Try again."),
    "upstream_error": gettext_noop("The model's service reported an error in the middle of its answer. Try again."),
    "empty_reply": gettext_noop("The model answered with nothing. Try again."),
    "nothing_came": gettext_noop("The model answered with nothing. Try again."),
    "thought_only": gettext_noop("The model thought, but gave no answer. Its thought is kept; try again."),
    "nothing_within_length": gettext_noop(
        "The model reached its longest length before it answered. Let it answer longer, or think less."
    ),
    "filtered": gettext_noop(
        "The model's service refused to answer this. Put it in other words, or choose another model."
    ),
    "broken_call": gettext_noop("The model tried to use a tool, but its call was broken. Try again."),
    "paused": gettext_noop("The model paused in the middle of its answer. Continue, or try again."),
    "too_long": gettext_noop("The answer grew beyond the limit and was stopped."),
}
_MODELS = {
    "model_not_offered": gettext_noop("The model %(model)s is not offered any more. Choose another."),
    "provider_gone": gettext_noop("The provider of this model is no longer set up. Choose another model."),
    "embedding_not_running": gettext_noop(
        "The embedding model of this machine is not running. It starts again by itself; try in a moment."
    ),
    "bundled_not_running": gettext_noop(
        "The bundled model is not running. It starts again by itself; try in a moment."
    ),
    "message_too_long": gettext_noop(
        "This message takes %(size)s tokens; this model reads %(window)s. Shorten it, or choose another model."
    ),
    "message_about_too_long": gettext_noop(
        "This message takes about %(size)s tokens; this model reads %(window)s. Shorten it, or choose another model."
    ),
    "system_prompt_too_long": gettext_noop(
        "The system prompt takes %(size)s tokens; this model reads %(window)s. Shorten it in the chat's settings."
    ),
    "folder_prompt_too_long": gettext_noop(
        "Before the conversation stand %(size)s tokens, most of them the system prompt of the chat's folder; "
        "this model reads %(window)s. Shorten it in the folder's settings."
    ),
    "instructions_too_long": gettext_noop(
        "Before the conversation stand %(size)s tokens, most of them the agent's instructions; "
        "this model reads %(window)s. Shorten them, or choose another model."
    ),
    "about_too_long": gettext_noop(
        "Before the conversation stand %(size)s tokens, most of them what you have said about yourself; "
        "this model reads %(window)s. Shorten it, or choose another model."
    ),
    "tool_words_too_long": gettext_noop(
        "Before the conversation stand %(size)s tokens, most of them about the tools; "
        "this model reads %(window)s. Choose fewer tools, or another model."
    ),
    "pinned_too_long": gettext_noop(
        "Before the conversation stand %(size)s tokens, most of them of pinned documents; "
        "this model reads %(window)s. Unpin some, or choose another model."
    ),
    "unexpected": gettext_noop("Something went wrong here. The text so far is kept; try again."),
}
#: The same where a service says until when it wants to be left alone.
_UNTIL = {
    "rate_limited": gettext_noop("The model's service takes no more requests from here until %(wait_until)s."),
    "overloaded": gettext_noop(
        "The model's service is overloaded or not available. It asks to wait until %(wait_until)s."
    ),
}
_KEYS = {
    "key_not_yours": gettext_noop("The key behind this model cannot be used by you here. Choose another model."),
    "key_lost": gettext_noop(
        "The key “%(label)s” was sealed with a secret that this server no longer has. Enter it again."
    ),
    "key_changed": gettext_noop(
        "The key “%(label)s” was changed in the database, or belongs to another address. Enter it again."
    ),
    "no_address": gettext_noop("This is no address. It reads like https://api.example.org/v1."),
    "address_unseen": gettext_noop("This address holds characters that cannot be seen. Type it instead of pasting it."),
    "address_mixed": gettext_noop(
        "“%(label)s” in this address has letters of several scripts, so it may not be what it seems. Type it anew."
    ),
    "address_with_more": gettext_noop(
        "An address ends where a question mark or # begins. It reads like https://api.example.org/v1."
    ),
    "address_not_allowed": gettext_noop(
        "This server does not connect to %(place)s. Its operator can allow that with EGRESS_ALLOW."
    ),
    "key_name_taken": gettext_noop("Another key here has this name. Choose one that tells them apart."),
    "key_asked_again": gettext_noop(
        "The key belongs to the old address and is not sent to another one. Enter it again."
    ),
    "begun_already": waiting.YOURS,
    "busy": waiting.FULL,
}
_DRAFTS = {
    "draft_unfit": gettext_noop("The model answered, but not with an agent. Try again, or choose another model."),
    "draft_too_late": gettext_noop("The model did not answer in time. Try again."),
    "draft_not_here": gettext_noop("You cannot make agents here any more."),
}
MESSAGES = _ENGINE | _MODELS | _KEYS | _DRAFTS
failures.register(MESSAGES)
failures.register_until(_UNTIL)
