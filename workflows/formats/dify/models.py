"""Dify's nodes that ask a model: prompts, classifiers, extractors of parameters."""

from workflows.formats.building import line, listed, literal, mapping, mappings, number, paragraph
from workflows.formats.dify.context import Context
from workflows.formats.dify.jinja import Untranslatable, plain_places
from workflows.formats.schemas import converted, object_schema, options

PROVIDERS = {"openai", "anthropic", "google", "groq", "ollama"}
_OTHER_NAMES = {"gemini": "google", "openai_api_compatible": "openai_compatible"}
#: What the second node of a classifier is called after the first.
BRANCHES = "#branches"
_TYPES = {"string": "string", "number": "number", "bool": "boolean", "boolean": "boolean", "select": "string"}


def llm(node: Context) -> dict:
    """The data of a node that asks a model."""
    data, rows = node.data, node.data.get("prompt_template")
    messages = [_message(node, row) for row in mappings(rows if isinstance(rows, list) else [rows])]
    if images := _images(node):
        last = next((one for one in reversed(messages) if one["role"] == "user"), None)
        if last is None:
            messages.append(last := {"role": "user", "content": []})
        last["images"] = images
    if mapping(data.get("memory")).get("window") or mapping(data.get("memory")).get("query_prompt_template"):
        node.changed("dify_memory")
    return model(node) | {"messages": messages, "answer": _answer(data)}


def model(node: Context) -> dict:
    """The model that a node names, and its settings."""
    found = mapping(node.data.get("model"))
    provider = line(found.get("provider")).rsplit("/", 1)[-1].lower()
    provider, name = _OTHER_NAMES.get(provider, provider), line(found.get("name"), 200)
    settings = mapping(found.get("completion_params"))
    more = {}
    if most := number(settings.get("max_tokens")):
        more["maxTokens"] = int(most)
    if "temperature" in settings:
        more["temperature"] = number(settings["temperature"])
    if not name:
        return {"model": None} | more
    if provider not in PROVIDERS:
        node.changed("model_of_run", model=f"{provider} {name}".strip())
        return {"model": None} | more
    return {"model": {"provider": provider, "model": name}} | more


def _message(node: Context, row: dict) -> dict:
    role = row.get("role") if row.get("role") in ("system", "user", "assistant") else "user"
    if row.get("edition_type") == "jinja2":
        return {"role": role, "content": _jinja(node, row)}
    context = mapping(node.data.get("context")).get("variable_selector")

    def named(inner: str) -> dict | None:
        return {"ref": node.ref(context), "as": "json"} if inner == "context" and listed(context) else None

    return {"role": role, "content": node.texts.segments(row.get("text"), node.foreign, named)}


def _jinja(node: Context, row: dict) -> list[dict]:
    """A prompt in Jinja: its plain places become references."""
    rows = mappings(mapping(node.data.get("prompt_config")).get("jinja2_variables"))
    selectors = {line(one.get("variable")): one.get("value_selector") for one in rows}
    said = row.get("jinja2_text") or row.get("text") or ""
    try:
        return plain_places(said, lambda name, path: node.ref([*listed(selectors[name]), *path]), set(selectors))
    except Untranslatable:
        node.todo("dify_jinja")
        return literal(paragraph(said, 100_000))


def _images(node: Context) -> list[dict]:
    vision = mapping(node.data.get("vision"))
    selector = mapping(vision.get("configs")).get("variable_selector")
    return [node.ref(selector)] if vision.get("enabled") and listed(selector) else []


def _answer(data: dict) -> dict:
    found = mapping(data.get("structured_output"))
    schema = mapping(found.get("schema"))
    is_wanted = data.get("structured_output_enabled", found.get("enabled", False))
    return {"type": "structured", "schema": converted(schema)} if is_wanted and schema else {"type": "text"}


# ---- classes and parameters -----------------------------------------------------------------------------
def _classes(data: dict) -> list[tuple[str, str]]:
    """The ids and names of a classifier's classes."""
    rows = mappings(data.get("classes"))
    return [(line(row.get("id"), 60) or str(n), line(row.get("name"), 300) or str(n)) for n, row in enumerate(rows, 1)]


def classes(data: dict) -> dict[str, str]:
    """Our handles of a classifier's classes by those of theirs."""
    return {name: "if" if n == 0 else name for n, (name, _said) in enumerate(_classes(data))}


def classifier(node: Context) -> dict:
    """A question that a model puts into one of some classes; a condition behind it takes the way of each."""
    found, handles = _classes(node.data), classes(node.data)
    category = {"type": "string", "enum": [said for _name, said in found]}
    branches = f"{node.foreign}{BRANCHES}"
    rules = [
        {"left": {"ref": node.build.ref(node.foreign, "answer", "category")}, "type": "text", "op": "equals"}
        | {"right": {"value": said}, "matchCase": True}
        for _name, said in found
    ]
    data = {
        "branches": [
            {"id": handles[name], "label": said[:80], "rules": {"join": "and", "rules": [rule]}}
            for (name, said), rule in zip(found, rules, strict=True)
        ]
    }
    row = node.rows[node.foreign]
    parent = line(row.get("parentId"), 200)
    extra = {"parentId": node.build.id_of(parent) if parent in node.rows else None}
    node.build.add(branches, "condition", node.data.get("title"), data, _beside(row.get("position")), **extra)
    node.build.edge(node.foreign, branches)
    node.changed("dify_classifier")
    task = "Put the text into one of the categories. Answer with its name.\n\n"
    said = [*literal(task), *_instruction(node), *_query(node, "query_variable_selector")]
    answer = {"type": "structured", "schema": object_schema({"category": category})}
    return model(node) | {"messages": [{"role": "user", "content": said}], "answer": answer}


def _beside(position: object) -> dict | None:
    found = mapping(position)
    return {"x": number(found.get("x")) + 140, "y": number(found.get("y")) + 90} if found else None


def extractor(node: Context) -> dict:
    """Parameters that a model takes out of a text."""
    fields, needed = {}, []
    for row in mappings(node.data.get("parameters")):
        name = line(row.get("name"), 100)
        if name:
            fields[name] = _parameter(row)
            needed += [name] if row.get("required") else []
    said = [*literal("Take the fields of the answer out of the text.\n\n"), *_instruction(node), *_query(node, "query")]
    answer = {"type": "structured", "schema": object_schema(fields, needed)}
    return model(node) | {"messages": [{"role": "user", "content": said}], "answer": answer}


def _parameter(row: dict) -> dict:
    kind = line(row.get("type"))
    if kind.startswith("array"):
        inner = _TYPES.get(kind.removeprefix("array[").removesuffix("]"), "object")
        field: dict = {"type": "array", "items": {"type": inner}}
    else:
        field = {"type": _TYPES.get(kind, "string")}
    if choices := options(row.get("options")):
        field["enum"] = choices
    about = paragraph(row.get("description"), 500)
    return field | ({"description": about} if about else {})


def _instruction(node: Context) -> list[dict]:
    """What the author says beside the task."""
    said = node.data.get("instruction") or node.data.get("instructions")
    return [*node.segments(said), {"text": "\n\n"}] if said else []


def _query(node: Context, name: str) -> list[dict]:
    """What is looked at: a selector."""
    return [{"ref": node.ref(node.data.get(name)), "as": "text"}]
