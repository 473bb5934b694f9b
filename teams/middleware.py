"""What every request of a signed-in person carries: their language and time zone, and the workspace of the URL."""

from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, resolve_url
from django.utils import timezone, translation
from django.utils.deprecation import MiddlewareMixin

from sambung.lib import waiting
from sambung.lib.database import incidental
from teams import access, audit, profile
from teams.models import SlugRedirect, Team
from teams.workspace import Workspace

#: Beside the set-up of factors itself: what it takes to prove oneself, and to leave.
OPEN_WITHOUT_FACTOR = {
    "account_reauthenticate",
    "account_set_password",
    "account_logout",
    "preferences",
    "healthz",
    "readyz",
}


#: What a callback of OAuth brings. It belongs to the session that has ended, and to no log, history or form.
GRANTS = {"code", "state", "id_token", "access_token", "session_state"}


class ClientAddressMiddleware(MiddlewareMixin):
    """Notes where a request comes from, behind as many proxies as TRUSTED_PROXIES says: for the audit log, and for
    slots.
    """

    def process_request(self, request):
        try:
            address = get_adapter().get_client_ip(request)
        except PermissionDenied:  # no proxy in front of this one, such as for a look at /healthz
            address = None
        audit.client_address.set(address)
        waiting.asks_for.set(self._asks_for(request, address))

    @staticmethod
    def _asks_for(request, address: str | None) -> str:
        """Who waits: behind one address are many strangers, whose browsers differ by what forms are protected with."""
        if request.user.is_authenticated:
            return str(request.user.pk)
        return f"{address} {request.COOKIES.get(settings.CSRF_COOKIE_NAME, '')}"


class LastSeenMiddleware(MiddlewareMixin):
    """Keeps a session alive that is used."""

    def process_request(self, request):
        if request.user.is_authenticated:
            with incidental():
                request.session.touch()


class PreferencesMiddleware(MiddlewareMixin):
    """Activates the person's language and time zone; without a preference the browser's language stays."""

    def process_request(self, request):
        if not request.user.is_authenticated:
            return
        chosen = request.user.preferences
        if language := chosen.get("language"):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        if (zone := chosen.get("time_zone")) and zone in profile.time_zones():
            timezone.activate(zone)
        else:
            timezone.deactivate()


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Closed by default. A fragment is told to go to sign-in instead of getting a sign-in page inside a page."""

    def handle_no_permission(self, request, view_func):
        response = super().handle_no_permission(request, view_func)
        if request.htmx:
            door = resolve_url(self.get_login_url(view_func))
            came_from = urlencode({"next": request.htmx.current_url_abs_path or "/"})
            return HttpResponse(status=401, headers={"HX-Redirect": f"{door}?{came_from}"})
        if request.GET.keys() & GRANTS:
            return redirect_to_login(_without_grants(request), self.get_login_url(view_func))
        return response


def _without_grants(request) -> str:
    """The path and the rest of what was asked."""
    kept = request.GET.copy()
    for name in GRANTS:
        kept.pop(name, None)
    return f"{request.path}?{kept.urlencode()}" if kept else request.path


class SecondFactorMiddleware(MiddlewareMixin):
    """Sends whoever must have a second factor and has none to where one is set up. Until then nothing else opens."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not getattr(request.user, "owes_factor", False):
            return None
        match = request.resolver_match
        if match.url_name in OPEN_WITHOUT_FACTOR or (match.url_name or "").startswith("mfa_"):
            return None
        if request.htmx:
            return HttpResponse(status=401, headers={"HX-Redirect": resolve_url("mfa_index")})
        return redirect("mfa_index")


class WorkspaceMiddleware(MiddlewareMixin):
    """Sets `request.workspace` from the URL: `/app/…` is personal, `/team/<slug>/…` that team's, 404 for strangers."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        request.workspace = team = None
        if not request.user.is_authenticated:
            return None
        if "team" in request.resolver_match.namespaces:
            slug = view_kwargs.pop("team_slug")
            team = access.rows(request.user, Team.objects.filter(slug=slug)).first()
            if team is None:
                return self._sent_on(request, slug)
        request.workspace = Workspace(request.user, team)
        return None

    def _sent_on(self, request, slug: str):
        """Lead members from an address that their team had to the present one; raise Http404 for everybody else.

        A form is sent there once more, as it is: a page may have stood open meanwhile.
        """
        moved = SlugRedirect.objects.filter(old_slug=slug).first()
        if moved is None:
            raise Http404("No such team.")
        access.get(request.user, Team.objects.all(), pk=moved.team_id)
        path = request.get_full_path().replace(f"/team/{slug}/", f"/team/{moved.new_slug}/", 1)
        is_form = request.method not in {"GET", "HEAD"}
        return HttpResponsePermanentRedirect(path, headers={"Cache-Control": "no-store"}, preserve_request=is_form)
