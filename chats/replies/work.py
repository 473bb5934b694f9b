"""What a run needs to write a reply, as the present transaction sees it."""

from dataclasses import replace

from agents.catalog import Reference
from agents.catalog.enabled import offers_of
from agents.engine import Turn
from agents.generation import approvals, context, going_on
from agents.generation.generate import Question
from agents.models import BUNDLED, Agent, Run, ToolChoice
from agents.policies import present_to
from agents.runs import log
from agents.runs.registry import Work
from chats.canvas import pins
from chats.files.parts import ChatFiles
from chats.messages import tree
from chats.models import Message
from chats.replies import about_person, chat_settings
from documents.knowledge import places
from documents.knowledge.tool import REF as KNOWLEDGE
from teams import access
from teams.workspace import Workspace


def work(run: Run, reply: Message, agent: Agent | None = None) -> Work:
    """Return what the run needs to write this reply: the branch above it, as the present transaction sees it.

    `agent`: who answers, if that is known already; else it is read as the reply names it.
    """
    turns = tuple(Turn(role, tuple(parts)) for role, parts in tree.said(reply.parent_id) if parts)
    workspace = run.requested_by and Workspace(run.requested_by, run.team)
    if agent is None and workspace and (named := reply.metadata.get("agent")):
        agent = access.rows(workspace.user, Agent.objects.filter(present_to(workspace.user), pk=named["id"])).first()
    first = Reference.of_row(run)
    order = (first, *(other for other in _fallbacks(agent, workspace) if other.value != first.value))
    settings = chat_settings.settings_of(reply.chat, agent)
    about = about_person.about(run.requested_by)
    asked = reply.parent.metadata if reply.parent else {}
    named, searched = asked.get("mentions", ()), tuple(asked.get("searched", ()))
    with_tools = _with_tools(run, reply.topic, settings, agent, workspace, (named, searched), turns)
    told = {"needs_tools": bool(named or searched), "searched": searched, "attachments": ChatFiles(reply.chat_id)}
    told["pinned"] = pins.told(reply.chat, run.requested_by)
    question = Question(order, workspace, settings, agent, about, turns, **with_tools, **told)
    done = {"seq": log.last_seq(run.pk), "usage": run.usage} if run.attempt > 1 else {}
    return Work(run.pk, run.attempt, reply.topic, reply.subject, going_on.base(reply.parts), context=question, **done)


def _with_tools(
    run: Run, topic: str, settings: dict, agent: Agent | None, workspace: Workspace | None, asked: tuple, turns
) -> dict:
    """The tools that the model may be given, and who decides about its calls. `asked`: those that the message names,
    and what it names to be searched.

    The bundled one cannot use any; that is told where the message names some.
    """
    named, searched = asked
    is_wanted = bool(named or searched) or settings.get("tool_choice") != ToolChoice.NONE
    if not is_wanted or workspace is None or (run.provider == BUNDLED and not (named or searched)):
        return {}
    bound = context.tools_of(settings, agent, workspace, named, (KNOWLEDGE,) if searched else ())
    if searched:
        bound = replace(bound, instructions=f"{bound.instructions}\n\n{places.told(workspace.user, searched)}")
    said = "\n".join(turn.text for turn in turns if turn.role == "user")
    is_manual = settings.get("tool_choice") == ToolChoice.MANUAL
    return {"bound": bound, "gate": approvals.gate(workspace.user, run, topic, is_manual=is_manual, said=said)}


def _fallbacks(agent: Agent | None, workspace: Workspace | None) -> list[Reference]:
    """Who answers when the first cannot: the agent's order, else the workspace's."""
    if agent and agent.chat_model and (named := agent.chat_model.get("fallbacks")):
        return [Reference.of(stored) for stored in named]
    return [Reference.parse(value) for value in offers_of(workspace).fallbacks] if workspace else []
