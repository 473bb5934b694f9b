"""The embedded server against the real one: first start, attaching, and every way it may have ended."""

import os
import pwd
import signal
import stat
import subprocess
import sys

import psutil
import pytest

from sambung.home import PROJECT, Home
from sambung.supervisor import postgres, users
from tests.live import PATIENCE, wait_for

PID_FILE = "data/postmaster.pid"


def start(home: Home) -> int:
    postgres.start(home, fsync=False)
    return postgres.pid(home)


def kill(home: Home) -> None:
    """End the server as a power cut would, its backends included."""
    process = psutil.Process(postgres.pid(home))
    family = [process, *process.children(recursive=True)]
    process.kill()
    wait_for(lambda: not postgres.is_running(home), "the server's end")
    psutil.wait_procs(family[1:], timeout=PATIENCE)


def test_first_start_makes_the_database(home):
    start(home)

    assert postgres.query(home, "SELECT current_database()", "sambung") == "sambung"
    rows = postgres.query(home, "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding)"
                                " FROM pg_database WHERE datname = 'sambung'")  # fmt: skip
    assert rows == "b|C.UTF-8|UTF8"
    assert postgres.query(home, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(home.postgres.stat().st_mode) == 0o700


@pytest.mark.usefixtures("used")
def test_second_start_attaches(home):
    first = start(home)

    assert start(home) == first


@pytest.mark.usefixtures("used")
def test_stop_and_start_keep_the_data(home):
    start(home)
    postgres.query(home, "CREATE TABLE kept AS SELECT 42 AS answer", "sambung")

    assert postgres.stop(home)
    assert not postgres.is_running(home)
    assert not postgres.stop(home)
    start(home)

    assert postgres.query(home, "SELECT answer FROM kept", "sambung") == "42"


@pytest.mark.usefixtures("used")
def test_start_after_kill(home):
    first = start(home)
    postgres.query(home, "CREATE TABLE kept AS SELECT 42 AS answer", "sambung")
    kill(home)

    assert start(home) != first
    assert postgres.query(home, "SELECT answer FROM kept", "sambung") == "42"


@pytest.mark.usefixtures("used")
def test_stale_pid_file_that_names_a_living_stranger(home):
    start(home)
    kill(home)
    for lock in (home.postgres / PID_FILE, home.sockets / ".s.PGSQL.5432.lock"):
        _, rest = lock.read_text().split("\n", 1)
        lock.write_text(f"{os.getpid()}\n{rest}")

    assert not postgres.is_running(home)
    start(home)

    assert postgres.query(home, "SELECT 1") == "1"


@pytest.mark.usefixtures("used")
def test_stale_pid_file_that_names_another_homes_server(home, short):
    other = Home.open(short / "other")
    start(home)
    kill(home)
    try:
        stranger = start(other)
        (home.postgres / PID_FILE).write_text((other.postgres / PID_FILE).read_text())

        assert start(home) != stranger
        assert postgres.pid(other) == stranger
    finally:
        postgres.stop(other)


@pytest.mark.parametrize("name", ["x" * 120, "with space, comma'\" and $dollar"])
def test_awkward_path(short, name):
    home = Home.open(short / name)
    try:
        start(home)

        assert postgres.query(home, "SELECT 1", "sambung") == "1"
        assert stat.S_IMODE(home.sockets.stat().st_mode) == 0o700
    finally:
        postgres.stop(home)
        if home.sockets != home.postgres:
            home.sockets.rmdir()


def test_data_of_another_major_is_refused(home):
    (home.postgres / "data").mkdir()
    (home.postgres / "data" / "PG_VERSION").write_text("15\n")

    with pytest.raises(postgres.PostgresError, match="PostgreSQL 15") as caught:
        postgres.start(home)

    assert "\n" not in str(caught.value)


def test_a_first_start_cut_short_begins_anew(home):
    (home.postgres / "data.new").mkdir()
    (home.postgres / "data.new" / "PG_VERSION").write_text("18\n")

    start(home)

    assert postgres.query(home, "SELECT 1", "sambung") == "1"


@pytest.mark.usefixtures("used")
def test_why_it_does_not_start_is_one_sentence(home):
    start(home)
    postgres.stop(home)
    (home.postgres / "data" / "global" / "pg_control").unlink()

    with pytest.raises(postgres.PostgresError, match="pg_control") as caught:
        postgres.start(home)

    assert "\n" not in str(caught.value)


def test_processes_that_race_a_first_start_share_one_server(home):
    code = (
        "import sys; from sambung.home import Home; from sambung.supervisor import postgres;"
        "home = Home.open(sys.argv[1]); postgres.start(home, fsync=False); print(postgres.pid(home))"
    )
    command = [sys.executable, "-c", code, str(home.root)]
    racers = [subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = [racer.communicate(timeout=PATIENCE)[0].strip() for racer in racers]

    assert [racer.returncode for racer in racers] == [0, 0, 0]
    assert set(said) == {str(postgres.pid(home))}


@pytest.mark.usefixtures("used")
def test_messages_stay_out_of_the_log(home):
    start(home)
    with pytest.raises(postgres.PostgresError):
        postgres.query(home, "SELECT * FROM a_secret_word", "sambung")
    postgres.query(home, "CREATE TABLE one (words text CHECK (words = ''))", "sambung")
    with pytest.raises(postgres.PostgresError):
        postgres.query(home, "INSERT INTO one VALUES ('my private message')", "sambung")

    log = (home.logs / "postgres.log").read_text()
    assert "violates check constraint" in log
    assert "private message" not in log


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone hands the server to another user")
class TestAsRoot:
    @pytest.mark.usefixtures("used")
    def test_server_runs_as_somebody_else(self, home):
        start(home)

        owner = psutil.Process(postgres.pid(home)).uids().real
        assert owner != 0
        assert home.postgres.stat().st_uid == owner
        assert home.secrets.stat().st_uid == 0

    def test_closed_parents_stay_closed(self, short):
        closed = short / "closed"
        closed.mkdir(mode=0o700)
        home = Home.open(closed / "home")
        try:
            start(home)
            assert postgres.query(home, "SELECT 1", "sambung") == "1"
        finally:
            postgres.stop(home)

        assert stat.S_IMODE(closed.stat().st_mode) == 0o700

    def test_programs_behind_closed_parents_are_found(self, short):
        """A clone in root's own folder: initdb asks access(2) for postgres beside it."""
        closed = short / "closed"
        closed.mkdir(mode=0o700)
        (closed / "program").write_text("#!/bin/sh")
        (closed / "program").chmod(0o755)
        account = users.pick(closed, closed)

        found = subprocess.run(account.command("test", "-x", closed / "program"), **account.options(), check=False)

        assert account.capability
        assert found.returncode == 0

    def test_closed_parents_without_setpriv_are_one_sentence(self, short, monkeypatch):
        closed = short / "closed"
        closed.mkdir(mode=0o700)
        home = Home.open(closed / "home")
        monkeypatch.setattr(users.shutil, "which", lambda name: None)

        with pytest.raises(postgres.PostgresError, match="setpriv"):
            postgres.start(home)

    def test_the_owner_of_the_directory_runs_the_server(self, home):
        nobody = pwd.getpwnam("nobody")
        os.chown(home.postgres, nobody.pw_uid, nobody.pw_gid)

        start(home)

        assert psutil.Process(postgres.pid(home)).uids().real == nobody.pw_uid

    @pytest.mark.usefixtures("used")
    def test_data_of_a_number_without_a_name_is_taken_over(self, home):
        start(home)
        postgres.stop(home)
        for path in (home.postgres, *home.postgres.rglob("*")):
            os.chown(path, 54321, 54321)

        start(home)

        assert psutil.Process(postgres.pid(home)).uids().real not in (0, 54321)


@pytest.mark.usefixtures("used")
def test_server_outlives_its_starter(home):
    code = (
        "import sys; from sambung.home import Home; from sambung.supervisor import postgres;"
        "postgres.start(Home.open(sys.argv[1]), fsync=False); print('up', flush=True); sys.stdin.read()"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", code, str(home.root)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert starter.stdout.readline() == "up\n"
    number = postgres.pid(home)
    os.killpg(starter.pid, signal.SIGKILL)
    starter.communicate()

    assert postgres.pid(home) == number
    assert start(home) == number
