"""What the report of an import says: codes, each with its sentence. Reports are stored as codes."""

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

_ANY = {
    "kept": gettext_noop("As it was."),
    "renamed": gettext_noop("It was called “%(was)s”. Every step has a name of its own here, in one line."),
    "fill_in": gettext_noop("Fill in: %(field)s. Secrets are never part of a file."),
    "reference_gone": gettext_noop("“%(reference)s” leads to nothing here. Choose what is meant."),
    "no_rules": gettext_noop("A branch has no rules. Add some, or take it out."),
    "unknown_operator": gettext_noop("The comparison “%(operator)s” is not known here. Choose another."),
    "unknown_kind": gettext_noop("Steps of the kind “%(kind)s” are not known here."),
    "unknown_field": gettext_noop("The field “%(field)s” of the kind “%(kind)s” takes text here."),
    "model_of_run": gettext_noop(
        "“%(model)s” is not offered here: the model of the run answers. Choose another if need be."
    ),
    "choose_tool": gettext_noop("Choose a tool. The file names: %(tool)s"),
    "choose_agent": gettext_noop("Choose an agent. There it had these tools: %(tools)s"),
    "agent_gone": gettext_noop("Choose an agent: that of the file is not here."),
    "choose_collection": gettext_noop("Choose the collection to search."),
    "document_gone": gettext_noop("Choose the document: that of the file is not here."),
    "collection_gone": gettext_noop("Choose the collection: that of the file is not here."),
    "choose_people": gettext_noop("Choose who decides: people of the file are not here."),
    "edge_nowhere": gettext_noop("A connection that led to no step was left out."),
    "edge_twice": gettext_noop("A connection stood there twice."),
    "edge_back": gettext_noop(
        "The connection back to “%(target)s” was left out: what repeats is a loop here, a step with others inside."
    ),
    "parent_gone": gettext_noop("It lay in something that holds no steps here, and stands outside now."),
    "body_by_type": gettext_noop("The body of an answer comes as what it is here: JSON as a value, not as text."),
    "json_mixed": gettext_noop(
        "A field of its JSON mixes text and references: quotes in them must be escaped. Check it."
    ),
    "code_broken": gettext_noop("The program is no Python that can be read. Write it anew."),
    "code_imports": gettext_noop("The program imports what is not there: %(modules)s. Write it anew."),
    "rewrite_code": gettext_noop("The program must be written anew in Python. It uses: %(language)s"),
}
_BETTER_CHATBOT = {
    "bc_code": gettext_noop("Code steps do nothing there. Write what it should do."),
    "bc_joins": gettext_noop(
        "Where ways meet, the step behind them always runs here, once, as soon as each way is decided. There, some"
        " such steps silently never ran."
    ),
    "bc_lists": gettext_noop("Lists in this text are kept. There, they were left out of what the model was sent."),
    "bc_zero": gettext_noop("0, false and empty texts are written as they are into texts. There, they became nothing."),
    "bc_compared": gettext_noop(
        "Values are compared as their types here: the text “2” does not equal the number 2, and “false” is not true."
    ),
    "bc_tool": gettext_noop("The tool is ours now: %(tool)s"),
    "bc_tool_result": gettext_noop("The result of “%(tool)s” is shaped otherwise here. Choose what is meant."),
}
_DIFY = {
    "dify_kind": gettext_noop("There is no such step here: %(kind)s"),
    "dify_conversation": gettext_noop("What it keeps from one message to the next is not kept here."),
    "dify_chat": gettext_noop("It answered a chat: what a person says is the input “query”, what it says an output."),
    "dify_flat": gettext_noop("Lists in the results stay lists. There, they were put into one."),
    "dify_memory": gettext_noop("It does not remember earlier messages here."),
    "dify_jinja": gettext_noop("The prompt is a template in Jinja. Put references where its places are."),
    "dify_template": gettext_noop("The template uses what is not known here: %(what)s"),
    "dify_template_code": gettext_noop("The template repeats or decides: it is a program now, with the same text."),
    "dify_groups": gettext_noop("It joins several groups of values. Add one step for each."),
    "dify_classifier": gettext_noop("It is two steps here: a model names the class, a condition takes its way."),
    "dify_document": gettext_noop("It reads a document or a file that was uploaded here."),
    "dify_audience": gettext_noop("Whoever starts the workflow decides. Choose others where that is not meant."),
    "dify_timeout": gettext_noop("“Nobody answered in time” is a button here, which the deadline presses."),
    "dify_buttons": gettext_noop("It has more buttons than the four that fit beside the one for the deadline."),
    "dify_certificate": gettext_noop("Certificates are always checked here."),
    "dify_statuses": gettext_noop("Answers such as 404 go on as there; otherwise they would be errors here."),
    "dify_form_file": gettext_noop("A file among its fields was left out. Choose it anew."),
}
_N8N = {
    "n8n_items": gettext_noop(
        "There, lists of items flow from step to step, and each runs once for every item. Here, values do, and a loop"
        " repeats. Check what had more than one item."
    ),
    "n8n_kind": gettext_noop("There is no such step here: %(kind)s"),
    "n8n_triggers": gettext_noop("These begin it as well, and lead from the same input now: %(others)s"),
    "n8n_fields": gettext_noop(
        "Fields that the file does not declare were made from their use. Check their types: %(fields)s"
    ),
    "n8n_webhook": gettext_noop("It was begun by a webhook. Publish it, then add a webhook to it."),
    "n8n_schedule": gettext_noop("It was begun by a schedule. Publish it, then add a schedule to it."),
    "n8n_form": gettext_noop("It was begun by a form. Publish it, then share its form."),
    "n8n_many_before": gettext_noop("Several steps lead to it, and it reads what the first gives. Check that."),
    "n8n_expression": gettext_noop("This is JavaScript, and is not run here: %(expression)s"),
    "n8n_filter": gettext_noop("What does not pass takes the way “else”, which ends here."),
    "n8n_switch": gettext_noop("An expression chooses its way. Draw a condition with rules."),
    "n8n_switch_all": gettext_noop("Only the first way that fits is taken here; there, all were."),
    "n8n_batches": gettext_noop("It takes item after item here, not several at once."),
    "n8n_split": gettext_noop("It takes a list apart for all that follows. Draw a loop around that."),
    "n8n_wait": gettext_noop("What it waits for is not known here."),
    "n8n_raw": gettext_noop("Its fields are JSON with expressions. Draw them anew."),
    "n8n_code": gettext_noop("The program gets one item, and the first that it gives goes on."),
    "n8n_system": gettext_noop("The instruction stands before the message, as the agent has its own here."),
    "n8n_pages": gettext_noop("Only one request is made here, not one for each page."),
    "n8n_json_answer": gettext_noop("The answer was asked for as JSON. Say with a schema how it is shaped."),
    "n8n_tools_of_model": gettext_noop("The model had tools. Take an agent instead, which has them here."),
}
SENTENCES = _ANY | _BETTER_CHATBOT | _DIFY | _N8N


def sentence(code: str, params: Mapping[str, str | int]) -> str:
    """The sentence of a code in the present language; what is missing of its places is left out."""
    words = gettext(SENTENCES.get(code, code))
    try:
        return words % params
    except (KeyError, ValueError):
        return words
