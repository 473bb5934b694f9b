"""The whole result of a question, saved by whoever reads the chat: as CSV, as a workbook, or as a sheet."""

import io

import openpyxl
import pytest

from chats.files import attach, store
from chats.models import Message
from documents.data.saving import REF
from documents.models import Document, Kind
from teams.models import TeamMember
from teams.workspace import Workspace
from tests.documents.data import files
from tests.factories import ChatFactory, TeamMemberFactory, exchange

pytestmark = pytest.mark.django_db(transaction=True)
ALL = "SELECT id, kg, '=1+1' AS note FROM orders ORDER BY id"


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    settings.DATA_TABLES = tmp_path / "tables"


@pytest.fixture
def asked(alice):
    """Make a reply with a question about a file of its chat."""

    def asked(sql: str = ALL, **scope) -> Message:
        chat = ChatFactory(**{"user": alice} | scope)
        reply = exchange(chat)
        file = store.keep(by=alice, workspace=Workspace(alice, chat.team), name="orders.csv", data=files.orders())
        attach.attach([file], chat, reply.parent)
        call = {"type": "tool-call", "toolCallId": "one", "toolName": "query_data", "tool": REF}
        reply.parts = [call | {"args": {"sql": sql, "title": "Orders: all"}}]
        reply.save(update_fields=["parts"])
        return reply

    return asked


def _path(reply: Message, rest: str = "", call: str = "one", base: str = "/app") -> str:
    return f"{base}/messages/{reply.pk}/result/{rest}?call={call}"


def test_a_result_is_saved_as_csv_whole_and_harmless(asked, alice, sign_in):
    response = sign_in(alice).get(f"{_path(asked())}&as=csv")
    assert response.status_code == 200
    assert 'filename="Orders' in response["Content-Disposition"]
    lines = response.content.decode("utf-8-sig").splitlines()
    assert (len(lines), lines[:2]) == (201, ["id,kg,note", "00001,0.50,'=1+1"])


def test_a_result_is_saved_as_a_workbook(asked, alice, sign_in):
    response = sign_in(alice).get(f"{_path(asked())}&as=xlsx")
    (sheet,) = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets
    assert sheet.max_row == 201
    assert [cell.value for cell in sheet[2]] == ["00001", 0.5, "'=1+1"]


def test_a_result_is_saved_as_a_sheet(asked, alice, sign_in):
    reply, client = asked(), sign_in(alice)
    assert 'value="Orders: all"' in client.get(_path(reply, "keep/")).content.decode()
    response = client.post(_path(reply, "keep/"), {"title": "My orders"})
    made = Document.objects.get()
    assert response["Location"] == f"/app/documents/{made.pk}/"
    assert (made.kind, made.title, made.user) == (Kind.SHEET, "My orders", alice)
    assert made.content.startswith("id,kg,note\n00001,0.50,'=1+1\n")
    assert made.versions.count() == 1


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT * FROM orders, range(1000)", "data_too_many_rows"),
        ("SELECT * FROM nothing", "data_no_table"),
        ("COPY orders TO '/tmp/x'", "data_only_reads"),
    ],
)
def test_what_cannot_be_saved_says_why(asked, alice, sign_in, sql, code):
    reply, client = asked(sql), sign_in(alice)
    response = client.get(f"{_path(reply)}&as=csv")
    assert (response.status_code, response["Error-Code"]) == (409, code)
    assert client.post(_path(reply, "keep/"), {"title": "x"}).status_code == 422
    assert not Document.objects.exists()


def test_what_is_too_long_for_a_document_is_refused(asked, alice, sign_in):
    reply = asked("SELECT repeat('x', 1000) FROM orders, range(10)")
    response = sign_in(alice).post(_path(reply, "keep/"), {"title": "x"})
    assert (response.status_code, "too large" in response.content.decode()) == (422, True)
    assert not Document.objects.exists()


def test_other_calls_and_forms_are_not_there(asked, alice, sign_in):
    reply, client = asked(), sign_in(alice)
    assert client.get(_path(reply, call="two")).status_code == 404
    assert client.get(f"{_path(reply)}&as=exe").status_code == 404
    reply.parts = [reply.parts[0] | {"tool": "toolkit:calculator:calculate"}]
    reply.save(update_fields=["parts"])
    assert client.get(_path(reply)).status_code == 404


def test_a_result_is_for_those_who_read_the_chat_now(asked, alice, bob, carol, team, sign_in):
    own, shared = asked(), asked(team=team)
    base = f"/team/{team.slug}"
    assert sign_in(bob).get(_path(own)).status_code == 404
    assert sign_in(carol).get(_path(shared, base=base)).status_code == 404
    TeamMember.objects.filter(user=bob, team=team).exists() or TeamMemberFactory(user=bob, team=team)
    client = sign_in(bob)
    assert client.get(_path(shared, base=base)).status_code == 200
    TeamMember.objects.filter(user=bob, team=team).delete()
    assert client.get(_path(shared, base=base)).status_code == 404
