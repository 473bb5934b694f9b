"""One's own account: what is kept in it, a copy of it, and its end. The rest of /accounts/ is allauth's."""

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.internal.flows import sessions
from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from teams import accounts, mfa
from teams.forms.accounts import DeleteAccountForm
from teams.views import answers


@never_cache
@require_GET
def account(request):
    """Everything that belongs to the account, with a way to each part."""
    person = request.user
    context = {
        "passkeys": person.authenticator_set.filter(type=mfa.PASSKEY).count(),
        "has_app": person.authenticator_set.filter(type=mfa.APP).exists(),
        "session_count": person.usersession_set.count(),
    }
    return render(request, "account/account.html", context)


@require_POST
def end_session(request, session_id):
    """End one of the person's sessions, at another place."""
    found = get_object_or_404(request.user.usersession_set, pk=session_id)
    sessions.end_sessions(request, [found])
    messages.success(request, _("The session has been ended."))
    return redirect("usersessions_list")


@never_cache
@require_http_methods(["GET", "POST"])
@reauthentication_required
def export(request):
    """A copy of one's own data."""
    if request.method == "GET":
        return render(request, "account/export.html")
    name = f"sambung-{timezone.localdate():%Y-%m-%d}.zip"
    return FileResponse(accounts.export(by=request.user), as_attachment=True, filename=name)


@never_cache
@require_http_methods(["GET", "POST"])
@reauthentication_required
def delete(request):
    """The end of an account, once its address is typed."""
    form = DeleteAccountForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        with answers.told_by(form):
            accounts.delete(by=request.user)
            request.session.flush()
            messages.success(request, _("Your account has been deleted."))
            return redirect("account_login")
    context = {
        "form": form,
        "going": accounts.teams_that_go(request.user),
        "to_hand_over": accounts.teams_to_hand_over(request.user),
    }
    return render(request, "account/delete.html", context, status=422 if form.is_bound else 200)
