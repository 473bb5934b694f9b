"""The engine's sentences, made known to whoever shows stored ones: the engine itself knows no Django."""

from django.utils.translation import gettext_noop

from sambung.lib import waiting, words

_ENGINE = (
    gettext_noop("The model could not answer."),
    gettext_noop("The model's service is receiving too many requests at the moment. Try again shortly."),
    gettext_noop("The account behind this key has used up its quota."),
    gettext_noop("The model's service is overloaded or not available at the moment. Try again shortly."),
    gettext_noop("The model's service failed. Try again shortly."),
    gettext_noop("The model's service did not accept the key. Check it in the settings."),
    gettext_noop("The model's service refused the request."),
    gettext_noop("There is no model service at this address. Check it; such an address often ends in /v1."),
    gettext_noop("The conversation is too long for this model. Shorten it, or choose a model with a larger window."),
    gettext_noop(
        "The conversation is more than this model's service takes at once. Shorten it, or choose another model."
    ),
    gettext_noop("The model's service does not serve the country that this server is in. Choose another model."),
    gettext_noop("This conversation holds something that cannot be sent to the model."),
    gettext_noop("The model's service cannot be reached. Check its address, or try again shortly."),
    gettext_noop("This server does not connect to that address."),
    gettext_noop("The model did not answer in time. Try again."),
    gettext_noop("The model stopped in the middle of its answer. Continue, or try again."),
    gettext_noop("The connection to the model broke in the middle of its answer. Continue, or try again."),
    gettext_noop("The model's service sent something that cannot be read. Try again."),
    gettext_noop("The model's service reported an error in the middle of its answer. Try again."),
    gettext_noop("The model answered with nothing. Try again."),
    gettext_noop("The model thought, but gave no answer. Its thought is kept; try again."),
    gettext_noop("The model reached its longest length before it answered. Let it answer longer, or think less."),
    gettext_noop("The model's service refused to answer this. Put it in other words, or choose another model."),
    gettext_noop("The model tried to use a tool, but its call was broken. Try again."),
    gettext_noop("The model paused in the middle of its answer. Continue, or try again."),
    gettext_noop("The answer grew beyond the limit and was stopped."),
    gettext_noop("Something went wrong here. Try again."),
)
for _sentence in (*_ENGINE, waiting.YOURS, waiting.FULL):
    words.known(_sentence)
