"""TLS before the embedded database, which has none: what a provider's address looks like to a client."""

import asyncio
import contextlib
import datetime
import ssl
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sambung.home import SOCKET_NAME, Home

ASKED = (8).to_bytes(4) + (80877103).to_bytes(4)  # SSLRequest, by PostgreSQL's protocol
CHUNK = 65536  # bytes


@contextlib.contextmanager
def sealed(home: Home) -> Iterator[tuple[int, Path]]:
    """Yield a port at localhost that leads to the database over TLS, and the certificate that vouches for it."""
    with tempfile.TemporaryDirectory() as folder:
        certificate = _make_certificate(Path(folder))
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate)
        door = _Door(str(home.sockets / SOCKET_NAME), tls)
        thread = threading.Thread(target=asyncio.run, args=(door.serve(),))
        thread.start()
        try:
            door.is_open.wait()
            yield door.port, certificate
        finally:
            door.close()
            thread.join()


class _Door:
    """Passes bytes on, both ways, once the handshake is done."""

    def __init__(self, socket: str, tls: ssl.SSLContext) -> None:
        self._socket, self._tls = socket, tls
        self.is_open, self.port = threading.Event(), 0

    async def serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self.is_open.set()
        async with server:
            await self._end.wait()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.readexactly(len(ASKED)) != ASKED:
            return writer.close()
        writer.write(b"S")
        await writer.start_tls(self._tls)
        there = await asyncio.open_unix_connection(self._socket)
        await asyncio.gather(_copy(reader, there[1]), _copy(there[0], writer))
        return None


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(CHUNK):
            writer.write(piece)
            await writer.drain()
    writer.close()


def _make_certificate(folder: Path) -> Path:
    """Write a key and a certificate of localhost that vouches for itself into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    path = folder / "localhost.pem"
    kept = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(made.public_bytes(pem) + kept)
    return path
