"""The addresses of runs of workflows, of what they ask, and of their tests: a part of the table of workspaces."""

from dataclasses import replace

from tests.guards.rows import Row, act, form, page

RUNS: dict[str, Row] = {
    "workflow_run_new": Row(  # its request leads nowhere, and never leaves: nobody carries runs here
        "200 302 405 405 405", "404 404 405 405 405", "200 204 405 405 405", "run_workflow", data={"draft": "0"}
    ),
    "workflow_runs": page("run_workflow"),
    "workflow_runs_all": page(),
    "workflow_compare": Row("422 405 405 405 405", "404 405 405 405 405", names="run_workflow"),  # nothing is ticked
    "workflow_values": form("run_workflow", "204", keeps_values="1"),
    "workflow_tests": Row("200 200 405 405 405", "404 404 405 405 405", names="asking_workflow"),
    "workflow_node_alone": Row("200 302 405 405 405", "404 404 405 405 405", "200 204 405 405 405", "workflow_node"),
    "workflow_run": page("ended_run"),
    "workflow_run_state": page("ended_run"),
    "workflow_run_stop": act("ended_run", "204"),
    "workflow_run_more": Row("409 409 405 405 405", "404 404 405 405 405", names="ended_run"),  # no limit was reached
    "workflow_run_delete": form("ended_run", "204"),
    "workflow_run_pin": form("ended_run", "204", name="Kept"),
    "workflow_replay": Row("200 302 405 405 405", "404 404 405 405 405", "200 204 405 405 405", "ended_run"),
    "workflow_run_value": page("ended_run"),
    "workflow_run_file": page("ended_run"),
    "workflow_step": page("ended_step"),
    "workflow_step_value": page("ended_step"),
    "workflow_step_settle": act("cut_off_step", "204", said="again"),
    "workflow_test_delete": act("workflow_test", "204"),
    "approval": page("workflow_approval"),
    "approval_decide": replace(  # whoever started the run is asked
        act("workflow_approval", "204", comment="Hm."), member="405 409 405 405 405"
    ),
}
