"""The pages of Django's admin, and what each answers an instance admin."""

from allauth.account.models import EmailAddress
from django.urls import reverse

from chats.models import Message
from tests.guards.routes import ADMIN_MODELS, ADMIN_SITE
from tests.guards.world import World


def admin_paths(case: World) -> dict[str, tuple[str, str]]:
    """Path and expectation of each admin page."""
    alice = case.people["owner"]
    run = alice and Message.objects.get(pk=case.ids["answer"]).run_id
    ids = {
        "teams_user": case.people["stranger"].pk,
        "teams_team": case.team.pk,
        "teams_teammember": case.team.members.get(user=case.people["teammate"]).pk,
        "agents_apikey": case.ids["key"],
        "agents_run": run,
        "chats_chat": case.ids["chat"],
        "chats_message": case.ids["answer"],
        "account_emailaddress": EmailAddress.objects.get(user=alice).pk,
    }
    found = {}
    for model, pages in ADMIN_MODELS.items():
        for page, wanted in pages.items():
            is_object = page in {"change", "delete", "history"}
            if is_object and model not in ids:
                continue  # nothing of it here; its own tests have some
            found[f"{model}_{page}"] = (
                reverse(f"admin:{model}_{page}", args=[ids[model]] if is_object else []),
                wanted,
            )
    args = {
        "app_list": ["chats"],
        "view_on_site": ["999999", "1"],
        "auth_user_password_change": [case.people["stranger"].pk],
    }
    for name, wanted in ADMIN_SITE.items():
        path = "/admin/nothing/here/" if name == "<catch-all>" else reverse(f"admin:{name}", args=args.get(name))
        found[name] = (path, wanted)
    return found
