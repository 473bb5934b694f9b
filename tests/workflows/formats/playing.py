"""Workflows out of files, run as their expected output says: a scripted model, a server on loopback, people.

A case: `input`, `answers` of the model by the names of steps, `http` by path, `decisions` by the names of approvals,
and what must come of it: `output` and `requests`.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import aiohttp

from agents.catalog import Reference
from agents.models import Agent, ApiKey, RunStatus
from sambung.lib.threads import in_thread
from teams.models import User
from teams.workspace import Workspace
from tests import factories
from tests.agents.toolkits.places import Answer, Place
from tests.scripts import OBEYS
from tests.workflows.engine.conftest import Played, resting
from workflows.actions import importing
from workflows.editing import draft
from workflows.engine import deciding, starting
from workflows.formats.values import Imported
from workflows.models import Workflow, WorkflowRun

_HOST = re.compile(r"^https://[^/]+")
ENDED = {RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.STOPPED}


def cases(path: Path) -> list[Mapping]:
    """The cases that lie beside a file."""
    return json.loads(path.with_suffix("").with_suffix(".expected.json").read_text())


class Stage:
    """What a run meets: a person's workspace, a model that says what it is told, a server."""

    def __init__(self, person: User, model: str, place: Place) -> None:
        self.person, self.model, self.place = person, model, place

    def here(self, case: Mapping) -> dict:
        """A case with the address of the server in the places that name it."""
        return json.loads(json.dumps(case).replace("{place}", self.place.url))

    async def play(self, found: Imported, case: Mapping, **more) -> Played:
        """Bring the workflow, run it, decide where people are asked; return it when it has ended."""
        names = await self.prepared(case)
        row = await in_thread(self._begin, found, names, case["input"], more)
        played = await resting(row.pk)
        while played.status == RunStatus.WAITING:
            await in_thread(self.decide, played, case["decisions"])
            played = await resting(row.pk, ENDED)
        return played

    async def prepared(self, case: Mapping) -> dict[str, str]:
        """Have the server and the model answer as a case says; return the models' names by the names of steps."""
        for path, answer in case.get("http", {}).items():
            body = json.dumps(answer["json"]).encode() if "json" in answer else answer["text"].encode()
            kind = answer.get("type", "application/json")
            self.place.answers[path] = Answer(
                body, answer.get("status", 200), {"Content-Type": kind} | answer.get("headers", {})
            )
        return await self._told(case.get("answers", {}))

    async def _told(self, answers: Mapping) -> dict[str, str]:
        """Have the model say each answer under a name of its own; return the names."""
        names = {step: f"told{n}" for n, step in enumerate(answers)}
        async with aiohttp.ClientSession() as client:
            for step, answer in answers.items():
                text = answer if isinstance(answer, str) else json.dumps(answer)
                async with client.post(f"{self.model}/_script", json={"model": names[step], "text": text}) as said:
                    assert said.status == 200
        return names

    def _begin(self, found: Imported, names: Mapping[str, str], given: Mapping, more: Mapping) -> WorkflowRun:
        workflow = self.bring(found, names)
        drawn = draft.structure_of(workflow)
        return starting.start(workflow=workflow, structure=drawn, input=given, by=self.person, **more)

    def bring(self, found: Imported, names: Mapping[str, str]) -> Workflow:
        """The workflow as a draft, whose models and addresses are those of the stage."""
        key = factories.api_key(self.person, base_url=f"{self.model}/v1", models=(OBEYS, *names.values()))
        for node in found.structure["nodes"]:
            data = node["data"]
            if data["name"] in names:
                data["model"] = {"apiKey": str(key.pk), "provider": "openai", "model": names[data["name"]]}
            if node["type"] == "agent":
                data["agent"] = str(self._agent(key).pk)
            if node["type"] == "http" and "text" in data["url"][0]:
                data["url"][0]["text"] = _HOST.sub(self.place.url, data["url"][0]["text"])
        return importing.bring(by=self.person, workspace=Workspace(self.person, None), found=found, name="Played")

    def _agent(self, key: ApiKey) -> Agent:
        """An agent that calls the tools that it is told to call."""
        return factories.agent(self.person, chat_model=Reference(key.pk, key.provider, OBEYS).stored)

    def decide(self, played: Played, decisions: Mapping) -> None:
        """Decide what a run asks, as its case says."""
        (name,) = (name for name, status in played.statuses.items() if status == "waiting_person")
        decided = decisions[name]
        deciding.answer_step(played.steps[name], output=decided, handle=decided["button"])

    def requests(self) -> list[dict]:
        """What the server was asked, as cases tell it."""
        return sorted(map(_asked, self.place.asked), key=lambda one: one["path"])


def _asked(one) -> dict:
    told = {"method": one.method, "path": one.path}
    told |= {"json": json.loads(one.body)} if one.body else {}
    return told | ({"key": True} if "idempotency-key" in one.headers else {})
