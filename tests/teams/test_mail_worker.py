"""Mails of a web process with its worker: they leave by themselves, and what they say is nowhere else."""

import re
from email import message_from_string, policy
from types import SimpleNamespace

import pytest

from tests.factories import PASSWORD
from tests.live import Tab, live_server, register_on, wait_for
from tests.smtp import Server, running

RESET = "/accounts/password/reset/"


@pytest.mark.timeout(180)
async def test_a_mail_leaves_and_its_link_is_nowhere_else(tmp_path, scripted):
    place = SimpleNamespace()
    with running(place, Server()) as server:
        at = f"smtp://{place.EMAIL_HOST}:{place.EMAIL_PORT}"
        with live_server(tmp_path / "home", scripted, EMAIL_URL=at, LOG_LEVEL="DEBUG") as live:
            email = register_on(live, PASSWORD)
            async with Tab(live, {}) as tab:
                assert (await tab.post(RESET, email=email))[0] in {200, 302}
            wait_for(lambda: server.mails, "the mail")
            wait_for(lambda: live.sql("SELECT 1 FROM mails WHERE sent_at IS NOT NULL"), "the row to say so")
            mail = message_from_string(server.mails[0], policy=policy.default)
            key = re.search(r"/key/(\S+?)/", mail.get_body(("plain",)).get_content())[1]
            assert mail["To"] == email
            assert mail["Auto-Submitted"] == "auto-generated"
            for (table,) in live.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"):
                assert not live.sql(f"SELECT 1 FROM {table} AS row WHERE row::text LIKE %s", f"%{key}%"), table
    assert [path for path in live.home.rglob("*") if path.is_file() and key.encode() in path.read_bytes()] == []
