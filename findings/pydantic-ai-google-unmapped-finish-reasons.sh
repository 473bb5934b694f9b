#!/usr/bin/env bash
# pydantic-ai-slim 2.68.0 over google-genai 2.34.0: two of Gemini's finish reasons lose their meaning.
#
# TOO_MANY_TOOL_CALLS and IMAGE_RECITATION stand in google-genai's FinishReason, and each has a sibling that is mapped
# (UNEXPECTED_TOOL_CALL to "error", RECITATION to "content_filter"). The answer of a model that ended with one of the
# two has `finish_reason` None, as one of a service that gave no reason has: whoever looks at the mapped word alone
# takes half an answer for a whole one. The word itself is kept in `provider_details["finish_reason"]`.
#
# Seen: STOP stop / RECITATION content_filter / IMAGE_RECITATION None / UNEXPECTED_TOOL_CALL error /
# TOO_MANY_TOOL_CALLS None
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet pydantic-ai-slim==2.68.0 google-genai==2.34.0
"$folder/env/bin/python" - <<'PY'
import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from google.genai.types import FinishReason
from pydantic_ai.direct import model_request
from pydantic_ai.messages import ModelRequest
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.providers.google import GoogleProvider

EXPECTED = {
    "STOP": "stop",
    "RECITATION": "content_filter",
    "IMAGE_RECITATION": None,
    "UNEXPECTED_TOOL_CALL": "error",
    "TOO_MANY_TOOL_CALLS": None,
}
assert set(EXPECTED) <= {reason.value for reason in FinishReason}
reason = ""


class Gemini(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        candidate = {"content": {"role": "model", "parts": [{"text": "Half"}]}, "finishReason": reason, "index": 0}
        body = json.dumps({"candidates": [candidate], "modelVersion": "gemini-2.5-flash"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


async def main():
    global reason
    server = HTTPServer(("127.0.0.1", 0), Gemini)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    provider = GoogleProvider(api_key="x", base_url=f"http://127.0.0.1:{server.server_port}")
    model = GoogleModel("gemini-2.5-flash", provider=provider)
    found = {}
    for reason in EXPECTED:
        answer = await model_request(model, [ModelRequest.user_text_prompt("Hello")])
        found[reason] = answer.finish_reason
        assert (answer.provider_details or {}).get("finish_reason") == reason, answer.provider_details
    print(" / ".join(f"{word} {meaning}" for word, meaning in found.items()))
    assert found == EXPECTED, found


asyncio.run(main())
PY
