"""Django for ASGI in which a request is one hop: middlewares and views are sync and run in a thread of the pool."""

import asyncio
import contextvars
from http import HTTPStatus
from io import BytesIO
from typing import BinaryIO

from django.core import signals
from django.core.exceptions import RequestDataTooBig
from django.core.handlers.asgi import ASGIHandler, RequestAborted, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse
from django.urls import set_script_prefix

from sambung import health
from sambung.lib import bodies
from sambung.lib.database import is_full
from sambung.lib.threads import in_thread, pool

CHUNK = 256 * 1024  # bytes of a file that are sent at once
#: Asked by machines, for nobody in particular: no session is read, which asks the database, and any host is answered,
#: since probes come by address.
FOR_NOBODY = {"/healthz", "/readyz"}
_UNREAD = {b"cookie", b"host"}
_FAULT = "sambung.fault"  # in the scope: why the body cannot be used, if it cannot


class OneHopHandler(ASGIHandler):
    """Django's own handler gives each request a thread of its own and each middleware two hops; a burst queues then."""

    def __init__(self):
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)

    async def __call__(self, scope, receive, send):
        bounded = _Bounded(receive, bodies.largest(scope["path"]))
        try:
            body, fault = await self._read_body(bounded)
        except RequestAborted:
            return
        scope = scope | {_FAULT: fault}
        try:
            await self.send_response(await self._answer(scope, body), send)
        finally:
            body.close()

    async def _read_body(self, bounded: "_Bounded") -> tuple[BinaryIO, Exception | None]:
        """Return the body, and why it cannot be used: it is too large, or the disk that it waits on has no room."""
        try:
            body = await self.read_body(bounded)
        except OSError as error:
            if not is_full(error):
                raise
            await bounded.drain()
            return BytesIO(), error.with_traceback(None)  # which would hold what lies on the disk
        return body, RequestDataTooBig("The body is larger than any form.") if bounded.is_over else None

    async def _answer(self, scope, body):
        context, path = contextvars.Context(), scope["path"]
        if path in FOR_NOBODY:
            kept = [(name, value) for name, value in scope["headers"] if name not in _UNREAD]
            scope = scope | {"headers": [*kept, (b"host", b"localhost")]}
        if path == "/healthz":  # in the loop: it asks neither the database nor anything else that could wait
            return context.run(self._respond, scope, body)
        answer = asyncio.get_running_loop().run_in_executor(pool(), context.run, self._respond, scope, body)
        return await (health.in_time(answer) if path == "/readyz" else answer)

    def _respond(self, scope, body):
        """Answer in this thread; the database connection is given back at its end."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, response = self.create_request(scope, body)
        if request is not None:
            response = self.get_response(request)
            response._handler_class = self.__class__
            if response.status_code == HTTPStatus.INSUFFICIENT_STORAGE:
                for handler in request.upload_handlers:  # Django leaves the file that did not fit to the collector
                    handler.upload_interrupted()
        if getattr(response, "file_to_stream", None):
            _read_while_sent(response)
        elif response.streaming:  # such as Django admin's downloads: small, so they are read here
            response = _read(response)
        response.close()
        return response

    def resolve_request(self, request):
        if fault := request.scope[_FAULT]:
            raise fault
        return super().resolve_request(request)


class _Bounded:
    """A `receive` that forgets what is too much: no disk fills, and the browser still hears the answer."""

    def __init__(self, receive, most: int) -> None:
        self._receive, self._most = receive, most
        self._size = 0
        self._has_more = True

    @property
    def is_over(self) -> bool:
        return self._size > self._most

    async def __call__(self) -> dict:
        message = await self._receive()
        self._size += len(message.get("body", b""))
        self._has_more = message.get("more_body", False)
        return message | {"body": b""} if self.is_over else message

    async def drain(self) -> None:
        """Forget what is still to come. Raises RequestAborted."""
        while self._has_more:
            if (await self())["type"] == "http.disconnect":
                raise RequestAborted


def _read_while_sent(response) -> None:
    """Have a file read in the pool, chunk by chunk, and closed at its end instead of with the request."""
    file = response.file_to_stream
    response._resource_closers.remove(file.close)
    response.streaming_content = _chunks(file)


async def _chunks(file):
    try:
        while chunk := await in_thread(file.read, CHUNK):
            yield chunk
    finally:
        await in_thread(file.close)


def _read(streaming):
    """Return the streaming response with its content read, in this thread."""
    response = HttpResponse(b"".join(streaming.streaming_content), status=streaming.status_code)
    response.headers, response.cookies = streaming.headers, streaming.cookies
    streaming.close()
    return response
