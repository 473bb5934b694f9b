"""n8n's nodes that ask models, with the nodes that belong to them: models, tools, parsers of answers."""

import json

from workflows.formats.building import line, literal, mapping, mappings, number
from workflows.formats.n8n.context import Context
from workflows.formats.n8n.flow import kind_of
from workflows.formats.schemas import converted, of_value
from workflows.formats.tiptap import merged

PROVIDERS = {
    "lmChatOpenAi": "openai",
    "lmOpenAi": "openai",
    "lmChatAnthropic": "anthropic",
    "lmChatGoogleGemini": "google",
    "lmChatGroq": "groq",
    "lmChatOllama": "ollama",
    "lmOllama": "ollama",
}
_ROLES = {
    "SystemMessagePromptTemplate": "system",
    "AIMessagePromptTemplate": "assistant",
    "HumanMessagePromptTemplate": "user",
}


def agent(node: Context) -> dict:
    """A turn of an agent. Which one, a person chooses: agents are none of the file."""
    tools = [f"{name} ({kind_of(row)})" for name, row in node.parts("ai_tool")]
    node.todo("choose_agent", tools=", ".join(tools)[:200] or "–")
    if node.parts("ai_memory"):
        node.changed("dify_memory")
    system = node.segments(node.options.get("systemMessage"))
    message = _asked(node)
    if system:
        node.changed("n8n_system")
        message = merged([*system, *literal("\n\n"), *message])
    data = {"agent": None, "message": message, "answer": _answer(node)}
    steps = number(node.options.get("maxIterations"))
    return data | ({"maxSteps": int(max(1, min(50, steps)))} if steps else {})


def chain(node: Context) -> dict:
    """One question to a model."""
    rows = mappings(mapping(node.given.get("messages")).get("messageValues"))
    before = [
        {"role": _ROLES.get(line(row.get("type")), "system"), "content": node.segments(row.get("message"))}
        for row in rows
    ]
    messages = [*before, {"role": "user", "content": _asked(node)}]
    return _model(node) | {"messages": messages, "answer": _answer(node)}


def open_ai(node: Context) -> dict:
    """A message to a model of OpenAI."""
    found = node.given.get("modelId")
    name = line(found.get("value") if isinstance(found, dict) else found, 200)
    rows = mappings(mapping(node.given.get("messages")).get("values"))
    known = ("system", "assistant", "user")
    messages = [
        {"role": row["role"] if row.get("role") in known else "user", "content": node.segments(row.get("content"))}
        for row in rows
    ]
    answer = {"type": "text"}
    if node.given.get("jsonOutput") is True:
        node.todo("n8n_json_answer")
    if node.parts("ai_tool"):
        node.todo("n8n_tools_of_model")
    return {"model": {"provider": "openai", "model": name} if name else None, "messages": messages, "answer": answer}


def _asked(node: Context) -> list[dict]:
    """What is asked: a text of its own, or what a chat said."""
    given = node.given
    if given.get("promptType", "auto" if "text" not in given else "define") == "define":
        return node.segments(given.get("text") or given.get("prompt"))
    return node.segments("={{ $json.chatInput }}")


def _model(node: Context) -> dict:
    name, row = next(iter(node.parts("ai_languageModel")), ("", {}))
    given = mapping(row.get("parameters"))
    found = given.get("model") or given.get("modelName") or given.get("modelId")
    model = line(found.get("value") if isinstance(found, dict) else found, 200).removeprefix("models/")
    provider, options = PROVIDERS.get(kind_of(row)), mapping(given.get("options"))
    more = {"temperature": number(options["temperature"])} if "temperature" in options else {}
    if most := number(options.get("maxTokens") or options.get("maxTokensToSample")):
        more["maxTokens"] = int(most)
    if provider and model:
        return {"model": {"provider": provider, "model": model}} | more
    if name:
        node.changed("model_of_run", model=f"{kind_of(row)} {model}".strip())
    return {"model": None} | more


def _answer(node: Context) -> dict:
    """Text, or what a parser of answers asks for."""
    for _name, row in node.parts("ai_outputParser"):
        given = mapping(row.get("parameters"))
        is_own = given.get("schemaType") == "manual"
        text = given.get("inputSchema") if is_own else given.get("jsonSchemaExample") or given.get("jsonSchema")
        try:
            found = json.loads(text) if isinstance(text, str) else {}
        except (ValueError, RecursionError):
            found = {}
        if isinstance(found, dict) and found:
            is_schema = is_own or found.get("type") == "object"
            return {"type": "structured", "schema": converted(found) if is_schema else of_value(found)}
    return {"type": "text"}
