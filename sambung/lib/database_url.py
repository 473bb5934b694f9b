"""The one reader of a database's address, by libpq's own rules: for settings and for `make db-…`. No Django."""

import psycopg
from psycopg import conninfo, pq

from sambung.lib import env

EXAMPLE = "postgresql://user:password@host:5432/name"


def read(url: str, name: str = "DATABASE_URL") -> dict[str, str]:
    """Return the parameters of libpq (host, port, user, password, dbname, sslmode, …) of the address that `name` holds.

    Raises env.EnvError.
    """
    url = env.secret_url(name, url)
    if not url.startswith(("postgresql://", "postgres://")):
        raise env.EnvError(f"{name} must name a PostgreSQL database: {EXAMPLE}.")
    try:
        found = {key: str(value) for key, value in conninfo.conninfo_to_dict(url).items()}
    except psycopg.ProgrammingError as error:
        raise env.EnvError(f"{name} cannot be read{_unknown(error)}. It reads like {EXAMPLE}. {env.SIGNS}") from None
    ports = found.get("port", "").split(",")
    if not all(not port or (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535) for port in ports):
        raise env.EnvError(f"{name} has a port that is none. It reads like {EXAMPLE}. {env.SIGNS}")
    if not found.get("dbname"):
        raise env.EnvError(f"{name} names no database after the host. It reads like {EXAMPLE}.")
    return found


def _unknown(error: psycopg.Error) -> str:
    """The parameter that libpq does not know. Of its other sentences none is repeated: they quote the address."""
    _told, _sign, name = str(error).partition('invalid URI query parameter: "')
    return f': PostgreSQL knows no parameter "{name.partition(chr(34))[0]}"' if name else ""


def environment(found: dict[str, str]) -> dict[str, str]:
    """Return the parameters by the names that libpq's programs read from their environment; others are left out."""
    names = {option.keyword.decode(): option.envvar.decode() for option in pq.Conninfo.get_defaults() if option.envvar}
    return {names[key]: value for key, value in found.items() if key in names}
