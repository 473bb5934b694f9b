"""The whole of `make run` but for Django: real processes, a real server, a small application."""

import json
import os
import signal
import socket
import subprocess

import psutil
import pytest

from sambung.supervisor import postgres, server
from tests.live import PATIENCE, wait_for


def ask(port: int) -> list[str]:
    """Ask the web process who it is and where its data is; empty while it does not answer."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            connection.settimeout(5)
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
    except OSError:
        return []
    return answer.decode().split("\r\n\r\n", 1)[1].splitlines()[1].split() if answer else []


def web(port: int) -> psutil.Process:
    return psutil.Process(int(wait_for(lambda: ask(port), "the web process")[0]))


def has_ended(process: psutil.Process) -> bool:
    """Also where nobody has asked for its exit code yet, and where it goes between two looks."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_run_and_end(supervise, free_port):
    run = supervise(free_port, DATABASE_URL="")

    assert run.await_line("Sambung runs") == f"Sambung runs at http://127.0.0.1:{free_port}"
    process = web(free_port)
    assert ask(free_port)[1] == str(run.home.root)
    assert postgres.is_running(run.home)
    run.process.send_signal(signal.SIGTERM)
    code, errors = run.end()

    assert (code, errors) == (0, "")
    assert not process.is_running()
    assert not postgres.is_running(run.home)


def test_setup_link_is_alone_on_a_line(supervise, free_port, home):
    home.secret("setup_token", lambda: "T0ken")
    run = supervise(free_port)

    assert run.await_line("http") == f"http://127.0.0.1:{free_port}/setup/T0ken/"


def test_second_run_on_the_same_home(supervise, free_port):
    first = supervise(free_port)
    first.await_line("Sambung runs")

    code, errors = supervise(free_port).end()

    assert code == 1
    assert errors == (f"Sambung already runs at http://127.0.0.1:{free_port} (process {first.process.pid}).\n")
    assert ask(free_port)


def test_taken_port(supervise, free_port):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", free_port))
        taken.listen(1)

        code, errors = supervise(free_port).end()

    assert (code, errors) == (1, f"Port {free_port} is taken; set PORT to another.\n")


def test_home_that_cannot_be(supervise, free_port, short):
    (short / "file").write_text("")

    code, errors = supervise(free_port, short / "file").end()

    assert code == 1
    assert "in the way" in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_web_process_that_dies_comes_back(supervise, free_port, number):
    run = supervise(free_port)
    run.await_line("Sambung runs")
    first = web(free_port)

    first.send_signal(number)
    wait_for(lambda: has_ended(first), "its end")

    assert web(free_port).pid != first.pid


def test_database_that_dies_comes_back(supervise, free_port):
    run = supervise(free_port, DATABASE_URL="")
    run.await_line("Sambung runs")
    first = postgres.pid(run.home)

    os.kill(first, signal.SIGKILL)

    wait_for(lambda: postgres.pid(run.home) not in (None, first), "a new server")


def test_killed_supervisor_takes_the_web_process_with_it(supervise, free_port):
    run = supervise(free_port)
    run.await_line("Sambung runs")
    process = web(free_port)
    run.process.kill()
    run.process.wait()

    wait_for(lambda: has_ended(process), "its end")


def test_run_after_a_kill(supervise, free_port):
    first = supervise(free_port)
    first.await_line("Sambung runs")
    orphan = web(free_port)
    first.process.kill()
    first.process.wait()

    supervise(free_port).await_line("Sambung runs")

    assert web(free_port).pid != orphan.pid


@pytest.mark.parametrize("is_same", [True, False])
def test_orphan_that_cannot_leave_is_ended(home, monkeypatch, is_same):
    """Only the process that was written down, not one that got its number later."""
    monkeypatch.setattr(server, "STOP_PATIENCE", 0.1)
    with subprocess.Popen(["sleep", "600"]) as child:
        orphan = psutil.Process(child.pid)
        orphan.suspend()
        started = orphan.create_time() + (0 if is_same else 5)
        (home.run / "web.json").write_text(json.dumps({"pid": child.pid, "started": started}))

        server.reap_orphan(home)

        if is_same:
            assert child.wait(PATIENCE) == -signal.SIGKILL
        else:
            assert child.poll() is None
            child.kill()
    assert not (home.run / "web.json").exists()


def test_web_process_that_cannot_start_ends_it(supervise, free_port):
    run = supervise(free_port, app="tests.supervisor.no_such_app:application")

    code, errors = run.end()

    assert code == 1
    assert errors.splitlines()[-1].startswith("Sambung did not start: see above")
    assert not postgres.is_running(run.home)


def test_with_a_database_elsewhere_none_is_started(supervise, free_port):
    run = supervise(free_port)
    run.await_line("Sambung runs")

    assert not (run.home.postgres / "data").exists()
    run.process.send_signal(signal.SIGINT)
    assert run.end()[0] == 0
