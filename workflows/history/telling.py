"""Whoever is asked is told: by the bell until it is decided, by mail who wants that; a reminder goes to all by mail."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet, UUIDField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from teams import mails
from teams.models import Notification, User
from teams.workspace import Workspace
from workflows.history import asked
from workflows.models import Approval, StepStatus

KIND = "workflow_approval"
MOST = 500  # people who are told of one approval
MAIL_LASTS = timedelta(days=1)  # after which nobody need be told by mail any more


def tell(approval: Approval) -> None:
    """Tell everybody who is asked, in the present transaction."""
    found = list(asked.people(approval)[:MOST])
    Notification.objects.bulk_create(_notification(approval, person) for person in found)
    _mail(approval, [person for person in found if person.preferences.get("mention_mail")], is_again=False)


def remind(approval: Approval, said: Collection[str]) -> None:
    """Tell those again who have not `said` anything: their notification is new once more, and all get a mail."""
    found = [person for person in asked.people(approval)[:MOST] if str(person.pk) not in said]
    forget(Approval.objects.filter(pk=approval.pk), people=[person.pk for person in found])
    Notification.objects.bulk_create(_notification(approval, person) for person in found)
    _mail(approval, found, is_again=True)


def read(approval: Approval, by: User) -> None:
    """This person has said what they think; others are still waited for."""
    rows = Notification.objects.filter(user=by, kind=KIND, data__approval=str(approval.pk), read_at=None)
    rows.update(read_at=timezone.now())


def forget(approvals: QuerySet[Approval], people: Iterable[UUID] | None = None) -> None:
    """They have been decided, or do not matter any more."""
    ids = [str(pk) for pk in approvals.values_list("pk", flat=True)]
    rows = Notification.objects.filter(kind=KIND, data__approval__in=ids)
    (rows if people is None else rows.filter(user__in=people)).delete()


def clean_up() -> int:
    """Forget what waits for nobody any more, however its run came to an end. Return how many notifications went."""
    waiting = Approval.objects.filter(decision="", step__status=StepStatus.WAITING_PERSON)
    told = Notification.objects.filter(kind=KIND).annotate(
        asked=Cast(KeyTextTransform("approval", "data"), UUIDField())
    )
    return told.exclude(asked__in=waiting.values("pk")).delete()[0]


def links(user: User, rows: list[Notification]) -> Mapping[UUID, str]:
    """Where notifications lead: to what is asked, by the notification's id."""
    return {row.pk: Workspace(user).url("approval", UUID(row.data["approval"])) for row in rows}


def _notification(approval: Approval, person: User) -> Notification:
    workflow = approval.step.workflow_run.workflow
    data = {"approval": str(approval.pk), "title": approval.title, "workflow": workflow.name}
    return Notification(user=person, kind=KIND, data=data | {"team": workflow.team.name if workflow.team else ""})


def _mail(approval: Approval, people: Iterable[User], *, is_again: bool) -> None:
    """Write a mail to each, in the present transaction; it is made once for all who read the same language."""
    readers = defaultdict(list)
    for person in people:
        readers[person.preferences.get("language", settings.LANGUAGE_CODE)].append(person)
    for language, found in readers.items():
        with override(language):
            mails.post(letter(approval, is_again=is_again), found, lasts=MAIL_LASTS)


def letter(approval: Approval, *, is_again: bool) -> mails.Letter:
    """The mail: what is asked, and the way there; never what the form holds."""
    workflow = mails.plain(approval.step.workflow_run.workflow.name)
    said = {"title": mails.plain(approval.title) or workflow, "workflow": workflow}
    subject = (_("Still waiting for you: %(title)s") if is_again else _("Your decision: %(title)s")) % said
    words = _("The workflow “%(workflow)s” waits for a decision of yours:\n%(title)s") % said
    path = Workspace(User(pk=UUID(int=0))).url("approval", approval.pk)
    return mails.short(subject, words, link=f"{settings.PUBLIC_URL}{path}", label=_("Decide"))
