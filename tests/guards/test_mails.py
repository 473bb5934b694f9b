"""Every mail passes one place: no other module makes one or hands one over."""

import ast

import pytest

from tests.guards.apps import APPS
from tests.guards.imports import PROJECT

#: Modules that may use Django's mails and what lies below them.
MAY = {
    "sambung/mail.py": "hands them over",
    "teams/delivery.py": "makes them of what waits",
}
DOORS = ("django.core.mail", "smtplib", "email.mime", "email.message")
#: Readers of files that are mails.
READERS = "sambung/lib/files/readers/"
#: Methods of allauth and Django by which a mail leaves, and who may define them.
LEAVING = {"email_user", "mail_admins", "mail_managers", "send_messages", "send_mass_mail"}


def _uses(source: str) -> set[str]:
    """What a module imports of the doors, and calls by which it would send."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{name.name}" for name in node.names]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEAVING:
            names = [node.func.attr]
        else:
            continue
        found |= {name for name in names if name in LEAVING or any(f"{name}.".startswith(f"{door}.") for door in DOORS)}
    return found


def test_no_other_module_makes_mails():
    found = {
        place: uses
        for app in APPS
        for path in sorted((PROJECT / app).rglob("*.py"))
        if (uses := _uses(path.read_text(encoding="utf-8")))
        and not (place := path.relative_to(PROJECT).as_posix()).startswith(READERS)
    }
    assert {place: uses for place, uses in found.items() if place not in MAY} == {}
    assert set(MAY) <= set(found), "stale lines in MAY"


@pytest.mark.parametrize(
    "source",
    [
        "from django.core.mail import send_mail",
        "from django.core import mail",
        "import smtplib",
        "from email.mime.text import MIMEText",
        "person.email_user('Hello', 'Words')",
        "connection.send_messages([made])",
    ],
)
def test_planted_mail_is_found(source):
    assert _uses(source)
