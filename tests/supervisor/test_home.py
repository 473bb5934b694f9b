"""The data directory: what it makes, what it refuses, secrets made once."""

import json
import os
import stat
import subprocess
import threading

import pytest

from sambung.home import Home, HomeError, write_private


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_open_makes_private_directories(tmp_path):
    home = Home.open(tmp_path / "a" / "b")

    for path in (home.postgres, home.run, home.secrets, home.logs, home.files, home.mail):
        assert mode(path) == 0o700
    assert home.static.is_dir()


def test_open_again_keeps_everything(tmp_path):
    home = Home.open(tmp_path)
    (home.files / "x").write_text("kept")

    assert (Home.open(tmp_path).files / "x").read_text() == "kept"


def test_relative_path_becomes_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert Home.open("data").root == tmp_path / "data"


@pytest.mark.parametrize("inside", ["", "files", "deeper/still"])
def test_a_file_in_the_way_is_one_sentence(tmp_path, inside):
    blocked = tmp_path / "home"
    if inside == "files":
        blocked.mkdir()
        (blocked / "files").write_text("")
    else:
        blocked.write_text("")

    with pytest.raises(HomeError, match="in the way") as caught:
        Home.open(blocked / inside if inside != "files" else blocked)

    assert "\n" not in str(caught.value)


def test_a_place_that_takes_no_directories_is_one_sentence():
    with pytest.raises(HomeError, match="cannot be made") as caught:
        Home.open("/proc/sambung")

    assert "SAMBUNG_HOME" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_directory_that_cannot_be_written_is_one_sentence(tmp_path):
    tmp_path.chmod(0o500)

    with pytest.raises(HomeError, match="cannot be"):
        Home.open(tmp_path)


def test_secret_is_made_once_and_private(tmp_path):
    home = Home.open(tmp_path)

    first = home.secret("key", lambda: "one")
    second = home.secret("key", lambda: "two")

    assert (first, second) == ("one", "one")
    assert mode(home.secrets / "key") == 0o600
    assert os.listdir(home.secrets) == ["key"]


def test_threads_that_ask_at_once_get_one_secret(tmp_path):
    home = Home.open(tmp_path)
    together = threading.Barrier(8)
    found = []

    def make() -> str:
        together.wait()  # all have seen that it is missing
        return str(threading.get_ident())

    threads = [threading.Thread(target=lambda: found.append(home.secret("key", make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert set(found) == {(home.secrets / "key").read_text()}


def test_a_secret_that_others_could_read_is_closed(tmp_path):
    home = Home.open(tmp_path)
    (home.secrets / "key").write_text("mine")
    (home.secrets / "key").chmod(0o644)

    assert home.secret("key", lambda: "new") == "mine"
    assert mode(home.secrets / "key") == 0o600


def test_a_secret_that_is_replaced_stays_private(tmp_path):
    home = Home.open(tmp_path / "home")
    home.secret("name", lambda: "old")
    home.keep("name", "new")
    assert home.secret("name", lambda: "other") == "new"
    assert mode(home.secrets / "name") == 0o600


def test_an_empty_secret_is_refused(tmp_path):
    home = Home.open(tmp_path)
    (home.secrets / "key").write_text("")

    with pytest.raises(HomeError, match="empty"):
        home.secret("key", lambda: "new")


def test_database_url_quotes_the_path(short):
    home = Home.open(short / "a b")

    assert home.database_url == f"postgresql://postgres@/sambung?host={short}/a%20b/postgres"


@pytest.mark.parametrize("name", ["x" * 100, "one,two"])
def test_a_path_that_no_client_takes_gets_a_short_socket_directory(short, name):
    home = Home.open(short / name)

    assert home.sockets != home.postgres
    assert len(str(home.sockets)) < 60
    assert home.sockets == Home(home.root).sockets
    assert home.sockets != Home.open(short / (name + "2")).sockets


def test_a_strangers_socket_directory_is_not_followed(short, tmp_path):
    home = Home.open(short / ("x" * 100))
    home.sockets.symlink_to(tmp_path)
    try:
        with pytest.raises(HomeError, match="somebody else"):
            _ = home.database_url
    finally:
        home.sockets.unlink()


def test_model_endpoint(tmp_path):
    home = Home.open(tmp_path)
    endpoint = {"base_url": "http://127.0.0.1:1/v1", "api_key": "k", "model": "m", "context_window": 2048}

    assert home.model_endpoint() is None
    write_private(home.run / "model.json", json.dumps(endpoint | {"pid": os.getpid()}))
    assert home.model_endpoint() == endpoint
    assert mode(home.run / "model.json") == 0o600


def test_model_endpoint_of_a_dead_process_is_none(tmp_path):
    home = Home.open(tmp_path)
    with subprocess.Popen(["true"]) as child:
        pass
    endpoint = {"base_url": "b", "api_key": "k", "model": "m", "context_window": 1, "pid": child.pid}
    write_private(home.run / "model.json", json.dumps(endpoint))

    assert home.model_endpoint() is None


def test_model_endpoint_of_a_torn_file_is_none(tmp_path):
    home = Home.open(tmp_path)
    (home.run / "model.json").write_text("{")

    assert home.model_endpoint() is None
