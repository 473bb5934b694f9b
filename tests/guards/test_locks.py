"""The two locks fit together, so that `make run` never takes away what `make test` installed."""

import re

from tests.guards.imports import PROJECT

PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)


def _pins(name: str) -> dict[str, str]:
    return dict(PIN.findall((PROJECT / "requirements" / f"{name}.lock").read_text()))


def test_what_runs_is_a_subset_of_what_is_developed_with():
    run, dev = _pins("run"), _pins("dev")
    assert len(run) > 20
    assert {name: dev.get(name) for name in run} == run


def test_the_set_up_of_a_run_removes_nothing():
    recipe = (PROJECT / "Makefile").read_text().partition("$(RUN): requirements/run.lock")[2].partition("$(DEV):")[0]
    assert "install" in recipe
    assert "sync" not in recipe
    assert "uninstall" not in recipe


def test_no_lock_names_a_host():
    for name in ("run", "dev"):
        assert "://" not in (PROJECT / "requirements" / f"{name}.lock").read_text().replace("# via", "")
