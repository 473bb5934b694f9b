"""The door of `egress` for libraries that bring `requests`: the same policy, the same refusals.

A name is resolved once and every answer checked, the connection goes to an address that was checked, redirects are
refused, and the environment names no proxy.
"""

import socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.connection import create_connection
from yarl import URL

from sambung.lib import egress
from sambung.lib.waiting import PROVIDERS


class Refused(egress.Refused, requests.RequestException):
    """A request that this server does not make."""


class Session(requests.Session):
    """A session bound by a policy. `timeout`: seconds to connect, and between bytes."""

    def __init__(self, policy: egress.Policy = egress.PUBLIC, *, timeout: float = 10) -> None:
        super().__init__()
        self.trust_env = False
        self._policy, self._timeout = policy, timeout
        for scheme in egress.SCHEMES:
            self.mount(f"{scheme}://", _Adapter(policy))

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send a request. Raises requests.RequestException, and Refused among them, and Busy."""
        try:
            egress.check(URL(url), self._policy)
        except (egress.Refused, ValueError) as error:
            raise Refused(str(error)) from None
        with PROVIDERS.slot():
            response = super().request(method, url, **{"timeout": self._timeout} | options | {"allow_redirects": False})
        if response.status_code in egress.REDIRECTS:
            response.close()
            raise Refused("The server sent us on to another address, which is not followed.")
        return response


class _Adapter(HTTPAdapter):
    """Connects as the policy says."""

    def __init__(self, policy: egress.Policy) -> None:
        self._policy = policy
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _pool(HTTPConnectionPool, HTTPConnection, self._policy),
            "https": _pool(HTTPSConnectionPool, HTTPSConnection, self._policy),
        }


def _pool(pool: type[HTTPConnectionPool], connection: type[HTTPConnection], policy: egress.Policy):
    """Return a kind of pool whose connections go to checked addresses alone."""

    class Checked(connection):
        def _new_conn(self) -> socket.socket:
            address = _resolve(self._dns_host, self.port, policy)
            return create_connection((address, self.port), self.timeout, self.source_address, self.socket_options)

    return type("CheckedPool", (pool,), {"ConnectionCls": Checked})


def _resolve(host: str, port: int, policy: egress.Policy) -> str:
    """Ask the system once; return an address. Raises Refused if any answer lies outside the policy."""
    addresses = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not policy.names(host, port) and not all(map(egress.is_public, addresses)):
        raise Refused("This server does not connect to that address.")
    return addresses[0]
