"""What every answer carries, and what becomes of a database that cannot be reached."""

import logging
import secrets

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.forms import BaseForm
from django.http import Http404
from django.http.multipartparser import MultiPartParserError
from django.utils.deprecation import MiddlewareMixin
from django_htmx.middleware import HtmxDetails

from sambung import errors
from sambung.lib import database
from teams import limits

logger = logging.getLogger(__name__)

#: What a view says no with: Django makes 400, 403 and 404 of these.
ANSWERS = (BadRequest, Http404, MultiPartParserError, PermissionDenied, SuspiciousOperation)

#: Seconds after which most of allauth's limits let somebody in again.
ALLAUTH_WAIT = "300"
#: Errors of allauth's forms that tell somebody to wait.
HASTE = {"too_many_login_attempts", "rate_limited"}


class Script(HtmxDetails):
    """What is known of the script that sent a request: true when it asks for a fragment."""

    def __bool__(self) -> bool:
        """A boosted link wants the page that a plain one does."""
        return super().__bool__() and not self.boosted


class ScriptMiddleware(MiddlewareMixin):
    """Sets `request.htmx`."""

    def process_request(self, request):
        request.htmx = Script(request)


class ErrorPagesMiddleware(MiddlewareMixin):
    """Gives each request an id for the log and the error page; a database that is away answers 503, and haste 429."""

    def process_request(self, request):
        request.id = secrets.token_hex(6)

    def process_template_response(self, request, response):
        """A link that is no good, and a form that is shown again because of haste, say so by their status, too."""
        told = response.context_data or {}
        if told.get("token_fail"):
            response.status_code = 400
        form = told.get("form") if request.method == "POST" else None
        if isinstance(form, BaseForm):
            codes = {error.code for errors in form.errors.as_data().values() for error in errors}
            response.status_code = 429 if codes & HASTE else response.status_code
        return response

    def process_response(self, request, response):
        if response.status_code == 429 and "Retry-After" not in response:  # allauth's own
            response["Retry-After"] = ALLAUTH_WAIT
        return response

    def process_exception(self, request, exception):
        if isinstance(exception, ANSWERS):
            return None
        if isinstance(exception, limits.TooMany):
            return errors.too_many(request, exception.seconds)
        if database.will_pass(exception):
            logger.error("The database is away, or takes nothing.", extra={"request": request.id})
        else:
            logger.exception("A request failed.", extra={"request": request.id, "path": request.path})
        return errors.of_error(request, exception)
