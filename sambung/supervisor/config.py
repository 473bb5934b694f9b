"""What the supervisor reads from the environment and `.env`. The web process has settings of its own."""

import errno
import ipaddress
import socket
from dataclasses import dataclass

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
    """Read `.env` and the environment, which wins. Raises ConfigError, HomeError, and EnvError."""
    env.read_file(PROJECT / ".env")
    host = env.text("HOST", "127.0.0.1")
    public_url = env.public_url("PUBLIC_URL")
    if not public_url and not _is_loopback(host):
        raise ConfigError(f"HOST {host} can be reached from elsewhere: set PUBLIC_URL to the address people open.")
    return Config(
        home=Home.default(),
        host=host,
        port=env.port("PORT", 8000),
        public_url=public_url,
        database_url=env.text("DATABASE_URL"),
        has_model=env.flag("SAMBUNG_BUNDLED_MODEL", True),
    )


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


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
