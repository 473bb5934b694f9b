"""What the supervisor reads from the environment and `.env`. The web process has settings of its own."""

import errno
import ipaddress
import os
import shlex
import socket
from dataclasses import dataclass
from pathlib import Path

from sambung.home import PROJECT, Home
from sambung.lib import env


class ConfigError(Exception):
    """A setting that cannot be used; the text is one sentence."""


@dataclass(frozen=True)
class Config:
    """`database_url` is empty for the embedded database, `public_url` where people use HOST and PORT."""

    home: Home
    host: str
    port: int
    public_url: str
    database_url: str
    has_model: bool

    @property
    def local_url(self) -> str:
        """Where the web process listens, as an address for a browser on this machine."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The address that people open."""
        return self.public_url or self.local_url


def load() -> Config:
    """Read `.env` and the environment, which wins. Raises ConfigError, HomeError."""
    read_env_file(PROJECT / ".env")
    host = _text("HOST") or "127.0.0.1"
    public_url = _text("PUBLIC_URL").rstrip("/")
    if not public_url and not _is_loopback(host):
        raise ConfigError(f"HOST {host} can be reached from elsewhere: set PUBLIC_URL to the address people open.")
    return Config(
        home=Home.default(),
        host=host,
        port=_port(),
        public_url=public_url,
        database_url=_text("DATABASE_URL"),
        has_model=env.flag("SAMBUNG_BUNDLED_MODEL", True),
    )


def read_env_file(path: Path) -> None:
    """Put the `NAME=value` lines of a file into the environment; names that are set already stay."""
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not equals or name.lstrip().startswith("#"):
            continue
        os.environ.setdefault(name.strip(), _unquote(value.strip()))


def check_port(config: Config) -> None:
    """Raise ConfigError when the web process could not listen at HOST and PORT."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except socket.gaierror:
        raise ConfigError(f"HOST {config.host} is not an address of this machine.") from None
    except PermissionError:
        raise ConfigError(f"Port {config.port} needs more rights; set PORT to one above 1023.") from None
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            raise ConfigError(f"HOST {config.host} is not an address of this machine.") from None
        raise ConfigError(f"Port {config.port} is taken; set PORT to another.") from None


def _text(name: str) -> str:
    return os.environ.get(name, "").strip()


def _port() -> int:
    raw = _text("PORT") or "8000"
    if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw) <= 65535:
        raise ConfigError(f"PORT is {raw!r}; it takes a number from 1 to 65535.")
    return int(raw)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unquote(value: str) -> str:
    """Take the quotes from a value; one without them ends at ` #`."""
    if value[:1] in {"'", '"'}:
        try:
            return shlex.split(value, comments=True)[0]
        except (ValueError, IndexError):
            return value
    return value.split(" #", 1)[0].rstrip()
