import json, os
import pytest
from tests.browser.chromium import Room, DESKTOP, PHONE
from tests.browser.servers import signed_in
from tests.browser.axe import assert_clean

MAKE = '''
from decimal import Decimal
from teams.models import User
from tests import factories
from tests.factories.workflow_runs import *
from workflows.models import *
from agents.models import RunStatus
me = User.objects.order_by("-created_at").first()
s = factories.Sketch().node("Input", "input", schema={"type":"object","properties":{"topic":{"type":"string","title":"Topic"},"urgent":{"type":"boolean","title":"Urgent"}},"required":["topic"]})
s.node("Sort the mail", "llm", messages=[]).node("Is it spam?", "condition", branches=[{"id":"if"}]).node("Each line", "loop", over={"value":3}).node("Summarise", "llm", "Each line", messages=[]).node("Tell the CRM", "http", method="POST", url=[{"text":"https://crm.example.org/leads"}]).node("Letter", "template", content=[]).node("Result", "output", values=[])
s.edge("Input","Sort the mail","Is it spam?","Each line","Tell the CRM","Letter","Result")
w = factories.published(me, sketch=s, name="E-mail triage", description="Sorts what comes in, and answers.")
r = workflow_run(me, w, RunStatus.SUCCEEDED, input={"topic":"Coffee"}, output={"result":"Dear all,\\n\\nthe coffee is ready.", "count": 3})
workflow_step(r,"Input",output={"topic":"Coffee"})
workflow_step(r,"Sort the mail",output={"answer":{"category":"order","urgency":2}},cost=Decimal("0.0021"),usage={"input_tokens":812,"output_tokens":120})
workflow_step(r,"Is it spam?",output={"branch":"else"})
workflow_step(r,"Each line",output={"results":["a","b","c"]})
for n in range(3):
    workflow_step(r,"Summarise",StepStatus.FAILED if n==1 else StepStatus.DONE,path=f"{s.ids['Each line']}[{n}]/{s.ids['Summarise']}",error_code="unexpected" if n==1 else "",cost=Decimal("0.0004"))
workflow_step(r,"Tell the CRM",StepStatus.FAILED,effect="unsafe",error_code="unexpected",input={"method":"POST"})
workflow_step(r,"Tell the CRM",attempt=2,effect="keyed",idempotency_key="0198:tell",input={"method":"POST","url":"https://crm.example.org/leads","body":{"name":"Sari"}},output={"status":201,"body":{"id":7}})
workflow_step(r,"Letter",output={"text":"Dear all"},reused_from=None)
workflow_step(r,"Result",StepStatus.SKIPPED)
r2 = workflow_run(me, w, RunStatus.FAILED, input={"topic":"Tea"}, error_code="unexpected")
workflow_step(r2,"Input",output={"topic":"Tea"})
workflow_step(r2,"Sort the mail",StepStatus.FAILED,error_code="unexpected")
a = approval(me, factories.published(me, sketch=asking(), name="Letters"), deadline_at=timezone.now()+MINUTE*600, default_button="no", votes=[{"by":"x","name":"Bob Member","button":"","comment":"Is the date right?","values":{},"at":timezone.now().isoformat()}])
u = unknown(me, w2) if False else None
s3 = factories.line(("http", {"method": "POST", "url": [{"text": "https://crm.example.org/leads"}]}))
u = unknown(me, factories.published(me, sketch=s3, name="Leads"))
from workflows.history import approvals
approvals.begin(a)
import json
print("IDS" + json.dumps({"w": str(w.pk), "r": str(r.pk), "r2": str(r2.pk), "a": str(a.pk), "ar": str(a.step.workflow_run_id), "u": str(u.workflow_run_id), "node": s.ids["Sort the mail"], "crm": s.ids["Tell the CRM"]}))
'''

def test_shots(new_page, live):
    out = "/tmp/w/hold/shots"; os.makedirs(out, exist_ok=True)
    room = Room(new_page(signed_in(live)), live)
    ids = json.loads(live.manage(MAKE).partition("IDS")[2])
    page = room.page
    w, r, r2, a = ids["w"], ids["r"], ids["r2"], ids["a"]
    pages = {
      "new": f"/app/workflows/{w}/run/", "runs": f"/app/workflows/{w}/runs/", "run": f"/app/workflows/runs/{r}/",
      "waiting": f"/app/workflows/runs/{ids['ar']}/", "unknown": f"/app/workflows/runs/{ids['u']}/",
      "approval": f"/app/workflows/approvals/{a}/", "replay": f"/app/workflows/runs/{r}/replay/?path={ids['crm']}",
      "compare": f"/app/workflows/{w}/runs/compare/?run={r}&run={r2}", "alone": f"/app/workflows/{w}/nodes/{ids['node']}/alone/",
      "bell": "/notifications/", "tests": f"/app/workflows/{w}/tests/", "all": "/app/workflows/runs/",
    }
    only = os.environ.get("SHOTS", "").split()
    problems = []
    for name, path in pages.items():
        if only and name not in only: continue
        room.open(path)
        if name == "run":
            page.locator(".step", has_text="Tell the CRM").locator("summary").click()
            page.wait_for_selector(".step-facts")
        try: assert_clean(page)
        except BaseException as e: problems.append(f"{name}: {e}")
        for scheme, size, tag in (("light", DESKTOP, "d"), ("dark", PHONE, "p")):
            page.emulate_media(color_scheme=scheme); page.set_viewport_size(size)
            page.wait_for_timeout(100)
            h = page.evaluate("() => document.querySelector('.scroller')?.scrollHeight ?? 900")
            page.set_viewport_size({"width": size["width"], "height": min(2600, max(size["height"], h + 60))})
            page.screenshot(path=f"{out}/{name}-{tag}.png")
        page.set_viewport_size(DESKTOP)
    print("\n".join(problems)); assert not problems
