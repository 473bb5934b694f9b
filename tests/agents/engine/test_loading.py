"""Heavy modules are imported beside the event loop, and once."""

import importlib
import threading

from agents.engine import loading


async def test_a_module_is_imported_in_a_thread_and_once(monkeypatch):
    threads, really = [], importlib.import_module

    def noted(name: str):
        threads.append(threading.current_thread())
        return really(name)

    monkeypatch.setattr(loading, "_loaded", {})
    monkeypatch.setattr(importlib, "import_module", noted)

    modules = [await loading.load("agents.engine.parts") for _ in range(2)]

    assert [module.__name__ for module in modules] == ["agents.engine.parts"] * 2
    assert [thread is threading.main_thread() for thread in threads] == [False]
