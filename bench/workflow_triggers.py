"""Case `workflows`: how soon runs are started: webhooks until their 202, schedules until their runs work."""

import asyncio
import json
import time

import aiohttp

from bench.meter import percentile
from bench.stand import Stand

SOON = 3  # seconds until the schedules are due
# A published workflow, its webhooks as (path, secret), and as many schedules, all due at once.
_MADE = """
import json, uuid
from datetime import timedelta
from django.utils import timezone
from teams.models import User
from bench.workflows import structure
from workflows.actions import triggers
from workflows.editing import draft
from workflows.models import Workflow
from workflows.publishing import versions
count, soon = json.loads({arguments!r})
by = User.objects.create(email=f"hooks-{{uuid.uuid4().hex}}@example.org", name="Bench")
made = Workflow.objects.create(user=by, name="Bench")
draft.write(made, structure("chain"))
made.refresh_from_db()
versions.publish(workflow=made, by=by, draft_version=made.draft_version)
hook = {{"scheme": "bearer", "into": "", "answer": "accepted"}}
daily = {{"cron": "0 7 * * *", "zone": "Asia/Jakarta", "missed": "once", "overlap": "allow", "input": {{}}}}
hooks = [triggers.create(by=by, workflow=made, kind="webhook", config=dict(hook)) for _ in range(count + 1)]
due = [triggers.create(by=by, workflow=made, kind="schedule", config=dict(daily)).trigger for _ in range(count)]
made.triggers.filter(kind="schedule").update(next_at=timezone.now() + timedelta(seconds=soon))
print(json.dumps([[one.token, one.secret] for one in hooks]))
"""
_LATE = """
SELECT extract(epoch FROM run.started_at - workflow_run.key::timestamptz)::float8 FROM workflow_run
JOIN run ON run.id = workflow_run.run_id WHERE workflow_run.trigger = 'schedule' AND run.started_at IS NOT NULL
"""


async def measure(stand: Stand, count: int) -> dict[str, float]:
    """Have so many webhooks called one after the other, and so many schedules come due at once."""
    first, *hooks = json.loads(stand.shell(_MADE.format(arguments=json.dumps([count, SOON]))))
    async with aiohttp.ClientSession() as client:
        await _called(client, f"{stand.url}/hooks/{first[0]}/", first[1])  # the first one loads what it needs
        took = [await _called(client, f"{stand.url}/hooks/{token}/", secret) for token, secret in hooks]
    ends = time.monotonic() + 60
    while len(late := [seconds for (seconds,) in stand.sql(_LATE)]) < count:
        if time.monotonic() > ends:
            raise TimeoutError(f"{count - len(late)} schedules did not start")
        await asyncio.sleep(0.2)
    return {"workflows.webhook": percentile(took, 0.95) * 1000, "workflows.due": percentile(late, 0.95)}


async def _called(client: aiohttp.ClientSession, url: str, secret: str) -> float:
    """The seconds until a webhook has said 202."""
    begun = time.perf_counter()
    async with client.post(url, json={}, headers={"Authorization": f"Bearer {secret}"}) as response:
        await response.read()
        if response.status != 202:
            raise RuntimeError(f"A webhook answered {response.status}")
    return time.perf_counter() - begun
