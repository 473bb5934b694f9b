"""How a chat's model is asked: what the agent, the chat and its folder set."""

from agents.models import Agent
from chats.filing import folder_tree as folders
from chats.models import Chat


def settings_of(chat: Chat | None, agent: Agent | None) -> dict:
    """How the model is asked: the agent's settings, the chat's own above them, and its folder's system prompt first.

    `folder_prompt` says what of the system prompt is a folder's, and of which.
    """
    of_agent = (agent.chat_model or {}).get("settings", {}) if agent else {}
    settings = of_agent | (chat.settings if chat else {})
    prompt, folder = folders.prompt_of(chat.folder_id) if chat and chat.folder_id else ("", None)
    if prompt:
        settings["system_prompt"] = "\n\n".join(filter(None, (prompt, settings.get("system_prompt"))))
        settings["folder_prompt"] = {"text": prompt, "folder": str(folder)}
    return settings
