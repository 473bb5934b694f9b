"""What the names of OpenAI's own models tell: how each is asked, and which are not for chats. Its list does not say."""

import re

#: Those that think. Some take tools and thought at once, others anything at all, by the Responses protocol alone, which
#: also tells what they think. Not among them are those that it does not serve, and one that does not think.
_THINKING = re.compile(r"gpt-(?:[5-9]|[12]\d)(?!-chat)(?!.*-search)|o1(?!-mini|-preview)|o[2-9]|codex-")
#: Sounds, pictures, vectors, verdicts, bare completion; and what works with tools of OpenAI's own alone.
_OTHER_THAN_CHAT = re.compile(
    r"embedding|whisper|tts|dall-e|moderation|image|transcribe|realtime|gpt-live|audio|sora|davinci|babbage|guard"
    r"|orpheus|turbo-instruct|deep-research|computer-use"
)


def base_of(model: str) -> str:
    """Return the model from which a fine-tuned one (`ft:BASE:who:what:id`) was made; any other name as it is."""
    return model.split(":")[1] if model.startswith("ft:") else model


def thinks(model: str) -> bool:
    """Whether OpenAI's own service is asked for this model by the Responses protocol."""
    return bool(_THINKING.match(base_of(model)))


def is_for_chats(model: str) -> bool:
    """Whether a model of OpenAI's list, or of Groq's, answers a conversation."""
    return not _OTHER_THAN_CHAT.search(base_of(model))
