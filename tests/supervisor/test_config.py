"""What the supervisor reads, and the one line for each setting that cannot be."""

import socket

import pytest

from sambung.lib.env import EnvError
from sambung.supervisor import config as configuration
from sambung.supervisor.config import ConfigError

NAMES = ("HOST", "PORT", "PUBLIC_URL", "DATABASE_URL", "SAMBUNG_BUNDLED_MODEL")


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Load the configuration from these variables alone."""
    monkeypatch.setenv("SAMBUNG_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(configuration, "PROJECT", tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)

    def load(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return configuration.load()

    return load


def test_defaults(load, tmp_path):
    config = load()

    assert config.url == config.local_url == "http://127.0.0.1:8000"
    assert config.home.root == tmp_path / "home"
    assert config.has_model
    assert config.database_url == ""


def test_public_url_is_what_people_open(load):
    config = load(HOST="0.0.0.0", PUBLIC_URL="https://chat.example.org/", PORT="9000")

    assert config.url == "https://chat.example.org"
    assert config.local_url == "http://0.0.0.0:9000"


def test_public_url_is_read_as_the_web_process_reads_it(load):
    assert load(PUBLIC_URL="https://例え.テスト:443").url == "https://xn--r8jz45g.xn--zckzah"
    with pytest.raises(EnvError, match="paths are not supported"):
        load(PUBLIC_URL="https://example.org/chat")


def test_a_host_that_others_reach_needs_a_public_url(load):
    with pytest.raises(ConfigError, match="PUBLIC_URL"):
        load(HOST="0.0.0.0")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_loopback_needs_none(load, host):
    assert load(HOST=host).host == host


def test_address_of_ipv6_has_brackets(load):
    assert load(HOST="::1").url == "http://[::1]:8000"


@pytest.mark.parametrize("port", ["0", "65536", "80a", "-1", "८०००"])
def test_a_port_that_is_none(load, port):
    with pytest.raises(EnvError, match="PORT is"):
        load(PORT=port)


def test_a_taken_port(load):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]

        with pytest.raises(ConfigError, match=f"^Port {port} is taken; set PORT to another.$"):
            configuration.check_port(load(PORT=str(port)))


def test_a_free_port(load, free_port):
    configuration.check_port(load(PORT=str(free_port)))


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_a_host_that_is_not_here(load, host):
    with pytest.raises(ConfigError, match="not an address of this machine"):
        configuration.check_port(load(HOST=host, PUBLIC_URL="http://chat.example.org"))


def test_env_file_gives_way_to_the_environment(load, tmp_path, monkeypatch):
    monkeypatch.setenv("PORT", "9001")
    (tmp_path / ".env").write_text(
        '# PUBLIC_URL=http://no.example\nPORT=9000\nexport PUBLIC_URL="http://a.example" # ours\n'
        "DATABASE_URL=postgresql://u:p#w@h/d # a comment\n\nnonsense\n"
    )

    config = load()

    assert config.port == 9001
    assert config.public_url == "http://a.example"
    assert config.database_url == "postgresql://u:p#w@h/d"


def test_the_model_can_be_left_out(load):
    assert not load(SAMBUNG_BUNDLED_MODEL="off").has_model
