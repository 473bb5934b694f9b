"""People before and after they are in: the set-up link, the front door, theme and language."""

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sambung.lib.waiting import NotNow
from teams import profile, setup
from teams.forms.accounts import SetupForm
from teams.workspace import Workspace

THEMES = ("system", "light", "dark")


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def setup_admin(request, token: str):
    """The one-time link: the first admin gives name, address and password, and lands in a new chat."""
    if not setup.is_open(token):
        raise Http404("The set-up link was used already.")
    form = SetupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = setup.make_first_admin(token=token, **form.cleaned_data)
        except setup.SetupClosed:
            raise Http404("The set-up link was used already.") from None
        except NotNow as error:
            form.add_error(None, error.words)
            return render(request, "teams/setup.html", {"form": form}, status=error.status)
        return perform_login(request, user, redirect_url=Workspace(user).url("chat_new"))
    return render(request, "teams/setup.html", {"form": form})


@require_GET
def home(request):
    """The front door leads into the personal workspace."""
    return redirect(Workspace(request.user).url("chat_new"))


@require_POST
def preferences(request):
    """Keep the theme or the language of the present person."""
    chosen = {}
    if (theme := request.POST.get("theme")) in THEMES:
        chosen["theme"] = theme
    if (language := request.POST.get("language")) in dict(settings.LANGUAGES):
        chosen["language"] = language
        translation.activate(language)
    profile.set_preferences(request.user, **chosen)
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        came_from = Workspace(request.user).url("chat_new")
    return redirect(came_from)
