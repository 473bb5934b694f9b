"""How the assistant meets a person: what they said about themselves, in the words that a model is told."""

from agents import catalog
from teams.models import User

#: Keys of `User.preferences` -> the sentence that a model is told. English, as models know it best.
SENTENCES = {
    "bot_name": "The person you talk with wants to be called {}.",
    "profession": "Their work: {}.",
    "response_style": "How they like answers: {}.",
}


def about(user: User | None) -> str:
    """What a model is told about the person, "" when they said nothing."""
    said = user.preferences if user else {}
    return " ".join(sentence.format(said[key]) for key, sentence in SENTENCES.items() if said.get(key))


def preferred_model(user: User) -> catalog.Model | None:
    """The model of a person's new chats: their own choice while it is offered, else the first one."""
    return catalog.parse(user.preferences.get("default_model", "")) or catalog.default()


def set_preferences(*, user: User, **values: str) -> None:
    """Keep what the person said; what is empty is forgotten."""
    kept = {key: value for key, value in (user.preferences | values).items() if value != ""}
    user.preferences = kept
    user.save(update_fields=["preferences", "updated_at"])
