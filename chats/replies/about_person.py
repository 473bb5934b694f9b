"""How the assistant meets a person: what they said about themselves, in the words that a model is told."""

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
