"""No test reaches farther than this machine."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


@pytest.mark.parametrize("host", ["192.0.2.1", "198.51.100.7"])
def test_only_loopback_is_reached(host):
    with socket.socket() as outside, pytest.raises(SocketConnectBlockedError):
        outside.connect((host, 80))


def test_loopback_is_reached():
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())
