"""The one reader of a mail server's address. No Django."""

from typing import Any
from urllib.parse import unquote, urlsplit

from sambung.lib import env

EXAMPLE = "smtp+tls://user:password@mail.example.org:587"
#: The usual port of a scheme: without encryption, with STARTTLS, with TLS from the first byte (RFC 8314).
PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465, "smtps": 465}
IMPLICIT = 465  # where a server says nothing before TLS
STARTTLS = {25, 587, 2525}  # where it begins without


def read(url: str, name: str = "EMAIL_URL") -> dict[str, Any]:
    """Return what Django sets of the address that `name` holds: EMAIL_HOST, EMAIL_PORT, EMAIL_USE_SSL and so on.

    TLS is implicit for `smtp+ssl` and `smtps`, and at port 465 whatever the scheme; `smtps` at a port for STARTTLS is
    STARTTLS. Raises env.EnvError.
    """
    try:
        parts = urlsplit(env.secret_url(name, url))
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        scheme, host, port = "", "", None
    if scheme not in PORTS or not host or port == 0:
        raise env.EnvError(f"{name} must read like {EXAMPLE}, or smtps://…:465. {env.SIGNS}")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise env.EnvError(f"{name} ends with the port; nothing may follow it, as in {EXAMPLE}.")
    port = port or PORTS[scheme]
    is_implicit = port == IMPLICIT or scheme == "smtp+ssl" or (scheme == "smtps" and port not in STARTTLS)
    return {
        "EMAIL_HOST": host,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": is_implicit,
        "EMAIL_USE_TLS": not is_implicit and scheme in {"smtp+tls", "smtps"},
    }
