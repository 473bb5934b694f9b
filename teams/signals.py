"""What people do with their accounts, written to the audit log. Connected in `TeamsConfig.ready()`."""

from allauth.account import signals as account
from allauth.mfa import signals as factors
from allauth.socialaccount import signals as social
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save
from django.dispatch import receiver

from teams import audit
from teams.models import User


@receiver(account.user_signed_up)
def _signed_up(request, user, **_):
    audit.record("account.signed_up", by=user, target=user.email)


@receiver(account.user_logged_in)
def _signed_in(request, user, **_):
    audit.record("account.signed_in", by=user, target=user.email, methods=_methods(request))


@receiver(user_logged_in)
def _session_begins(request, **_):
    request.session.begin()


@receiver(user_login_failed)
def _sign_in_failed(credentials, **_):
    audit.record("account.sign_in_failed", target=credentials.get("email", ""))


@receiver(account.login_code_rejected)
@receiver(factors.authentication_failed)
def _code_rejected(user, **_):
    audit.record("account.sign_in_failed", target=user.email)


@receiver(user_logged_out)
def _signed_out(request, user, **_):
    if isinstance(user, User):
        UserSession.objects.filter(session_key=request.session.session_key).delete()
        audit.record("account.signed_out", by=user, target=user.email)


@receiver(account.email_changed)
def _email_changed(user, from_email_address, to_email_address, **_):
    if from_email_address:
        audit.record("account.email_changed", by=user, target=to_email_address.email, was=from_email_address.email)


@receiver([account.password_changed, account.password_set, account.password_reset])
def _password_changed(user, **_):
    audit.record("account.password_changed", by=user, target=user.email)


@receiver(factors.authenticator_added)
def _factor_added(user, authenticator, **_):
    audit.record("account.factor_added", by=user, target=user.email, kind=authenticator.type)


@receiver(factors.authenticator_removed)
def _factor_removed(user, authenticator, **_):
    audit.record("account.factor_removed", by=user, target=user.email, kind=authenticator.type)


@receiver(social.social_account_added)
def _connected(request, sociallogin, **_):
    account = sociallogin.account
    audit.record("account.connected", by=sociallogin.user, target=sociallogin.user.email, provider=account.provider)


@receiver(social.social_account_removed)
def _disconnected(request, socialaccount, **_):
    person = socialaccount.user
    audit.record("account.disconnected", by=person, target=person.email, provider=socialaccount.provider)


@receiver(account.email_confirmed)
def _forget_ways_of_others(request, email_address, **_):
    """Whoever proves an address first owns the account: ways in that somebody else may have left at sign-up end."""
    person = email_address.user
    if person.last_login is not None:
        return
    methods = _methods(request)
    if "socialaccount" not in methods:
        person.socialaccount_set.all().delete()
    if "code" in methods:  # they did not give the password
        person.set_unusable_password()
        person.save(update_fields=["password", "updated_at"])


def _methods(request) -> list[str]:
    """How the person of this session has proved themselves."""
    return [record["method"] for record in request.session.get("account_authentication_methods", ())]


@receiver(post_save, sender=LogEntry)
def _changed_in_admin(instance, **_):
    kind = f"{instance.content_type.app_label}.{instance.content_type.model}" if instance.content_type else ""
    said = f"{kind} {instance.object_id}"
    audit.record("admin.changed", by=instance.user, target=said, what=instance.get_action_flag_display())
