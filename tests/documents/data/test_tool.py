"""The tools as the loop calls them, over a chat's files and sheets, in processes of their own."""

import asyncio
import os
import time

import pytest

from agents import tools
from agents.tools import Caller, show
from chats.files import attach, store
from documents.data import cache as tables
from documents.data import worker, workers
from documents.data.tool import KIND, LIST, QUERY
from documents.models import Document, Kind
from teams.workspace import Workspace
from tests.documents.data import files
from tests.factories import ChatFactory, document, file, message

pytestmark = pytest.mark.django_db(transaction=True)
SUM = "SELECT bean, sum(kg) AS kg FROM orders GROUP BY bean ORDER BY bean"


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    """A place of the test's own for tables."""
    settings.DATA_TABLES = tmp_path / "tables"
    return settings.DATA_TABLES


@pytest.fixture
def chat(alice):
    return ChatFactory(user=alice)


@pytest.fixture
def add(alice, chat):
    """Give the chat a file."""

    def add(name: str, data: bytes) -> None:
        file = store.keep(by=alice, workspace=Workspace(alice), name=name, data=data)
        attach.attach([file], chat, message(chat))

    return add


@pytest.fixture
def call(alice, chat):
    """Call one of the tools in the chat; give its result."""

    def call(name: str, *, by: Caller | None = None, **args) -> tools.Result:
        caller = by or Caller(Workspace(alice), f"chat:{chat.pk}")
        (source,) = tools.kinds()[KIND].sources(caller.workspace)
        (tool,) = [tool for tool in source.tools if tool.name == name]
        return asyncio.run(tools.call(tool, args, caller, lambda text: None))

    return call


def test_the_tables_of_the_chat_are_listed(add, call, alice):
    add("orders.csv", files.orders())
    add("stock.xlsx", files.stock())
    add("notes.txt", b"no table")
    told = call(LIST).content
    assert [one["table"] for one in told["tables"]] == ["orders", "stock_gudang_utama", "stock_opname"]
    orders = told["tables"][0]
    assert (orders["file"], orders["rows"], len(orders["first_rows"])) == ("orders.csv", 200, 5)
    day = orders["columns"][1]
    assert (day["name"], day["type"], day["min"], day["max"]) == ("day", "date", "2026-01-02", "2026-07-20")
    assert told["tables"][1]["sheet"] == "Gudang Utama"


def test_a_sheet_that_the_message_names_is_at_hand_for_whoever_may_read_it(call, alice, carol):
    made = document(alice, kind=Kind.SHEET, title="Prices", content="bean,kg\ngayo,40\n")
    named = (f"document:{made.pk}",)
    told = call(LIST, by=Caller(Workspace(alice), searched=named)).content
    assert [one["table"] for one in told["tables"]] == ["prices"]
    assert "prices" not in str(call(LIST, by=Caller(Workspace(carol), searched=named)).content)


def test_of_many_columns_the_first_are_told(add, call):
    add("wide.csv", ",".join(f"c{n}" for n in range(200)).encode() + b"\n" + b"1," * 199 + b"1\n")
    (table,) = call(LIST).content["tables"]
    assert (len(table["columns"]), len(table["first_rows"][0]), table["columns_left_out"]) == (100, 100, 100)


def test_a_question_is_answered_and_shown(add, call):
    add("orders.csv", files.orders())
    result = call(QUERY, sql=SUM, title="Kilos")
    assert not result.is_error
    assert result.content["rows_read"] == {"orders": 200}
    assert result.content["row_count"] == 3
    assert result.content["rows"][0][0] == "Bajawa"
    html = show.render(None, show.stored(result.show))
    assert "<figcaption>Kilos</figcaption>" in html
    assert 'data-count="3"' in html
    assert "orders" in html.partition("data-read=")[2]
    assert 'data-lang="sql"' in html


def test_the_model_gets_a_part_and_the_count(add, call):
    add("orders.csv", files.orders())
    result = call(QUERY, sql="SELECT id, kg, n FROM orders, range(1000) r(n)")
    assert result.content["row_count"] == 200_000
    assert len(result.content["rows"]) <= 200
    assert result.content["notes"] == ["Only the first 200 of 200000 rows are here."]
    assert show.stored(result.show)["table"]["leftOut"] == 199_000


def test_a_chart_is_drawn_where_it_fits(add, call):
    add("orders.csv", files.orders())
    result = call(QUERY, sql=SUM, chart={"type": "bar", "x": "bean"})
    assert '<svg class="chart"' in show.render(None, show.stored(result.show))
    result = call(QUERY, sql="SELECT id, bean FROM orders", chart={"type": "bar", "x": "id"})
    assert not result.is_error
    assert any("no chart" in note for note in result.content["notes"])
    assert '<svg class="chart"' not in show.render(None, show.stored(result.show))


def test_a_sheet_is_asked_by_its_title(call, alice):
    document(alice, title="Anggaran 2026", kind=Kind.SHEET, content=files.BUDGET)
    assert call(LIST).content["documents_that_may_be_named"][0]["title"] == "Anggaran 2026"
    result = call(QUERY, sql="SELECT sum(Anggaran) FROM anggaran_2026", files=["anggaran 2026"])
    assert result.content["rows"] == [[1_700_500]]


@pytest.mark.parametrize("title", ["Sales 2026.csv", "Sales 2026"])
def test_a_file_among_the_documents_is_asked_by_what_it_is_called(call, alice, title):
    kept = file(alice, name="Sales 2026.csv", data=b"bean,kg\nGayo,3\nToraja,5\n")
    Document.objects.filter(pk=kept.pk).update(title=title)
    file(alice, name="Plan.txt", data=b"No table.")
    assert [one["title"] for one in call(LIST).content["documents_that_may_be_named"]] == ["Sales 2026.csv"]
    result = call(QUERY, sql="SELECT sum(kg) FROM sales_2026", files=["sales 2026.csv"])
    assert result.content["rows"] == [[8]]


def test_nobody_asks_what_is_somebody_elses(add, call, alice, carol, chat):
    add("orders.csv", files.orders())
    document(alice, title="Secret", kind=Kind.SHEET, content=files.BUDGET)
    strange = Caller(Workspace(carol), f"chat:{chat.pk}")
    assert call(LIST, by=strange).content == {"tables": []}
    assert call(QUERY, by=strange, sql="SELECT 1 FROM orders").is_error
    result = call(QUERY, by=strange, sql="SELECT 1", files=["Secret"])
    assert "no file or sheet called Secret" in result.content


def test_a_file_that_cannot_be_read_is_told_and_others_are_asked(add, call):
    add("orders.csv", files.orders())
    add("broken.jsonl", b"no json\n")
    assert "broken.jsonl" in call(LIST).content["not_read"]
    assert not call(QUERY, sql=SUM).is_error


def test_refusals_are_sentences(add, call):
    assert "There is no table here" in call(QUERY, sql="SELECT 1").content
    add("orders.csv", files.orders())
    assert call(QUERY, sql="DROP VIEW orders").content == (
        "Tables are only read: a question is a SELECT. DROP was not run."
    )
    assert "read_text was not run" in call(QUERY, sql="FROM read_text('/etc/passwd')").content
    assert "There are: orders" in call(QUERY, sql="FROM nothing").content
    assert "Candidate bindings" in call(QUERY, sql="SELECT kilos FROM orders").content


# ---- limits ----------------------------------------------------------------------------------------------
ENDLESS = "SELECT count(*) FROM range(10000000) a, range(1000000) b"


def test_what_takes_too_long_is_stopped_and_the_next_is_answered(add, call, monkeypatch):
    add("orders.csv", files.orders())
    call(LIST)
    monkeypatch.setitem(workers.SECONDS, "ask", 1)
    assert "longer than 1 seconds" in call(QUERY, sql=ENDLESS).content
    monkeypatch.setitem(workers.SECONDS, "ask", 20)
    assert not call(QUERY, sql=SUM).is_error


def test_what_takes_too_much_memory_is_refused_and_the_next_is_answered(add, call):
    add("orders.csv", files.orders())
    assert "needs more than 512MB" in call(QUERY, sql="FROM range(1000000) a, range(1000000) b").content
    assert not call(QUERY, sql=SUM).is_error


def test_a_process_that_ends_unexpectedly_is_told(add, call, monkeypatch):
    add("orders.csv", files.orders())
    call(LIST)
    monkeypatch.setattr(workers.sys, "executable", "/bin/false")
    assert "ended unexpectedly" in call(QUERY, sql=SUM).content


def test_a_call_that_is_stopped_leaves_no_process(add, call, alice, chat):
    add("orders.csv", files.orders())
    call(LIST)

    async def stopped() -> list[int]:
        asked = {"sql": ENDLESS, "tables": {}}
        task = asyncio.create_task(workers.run("ask", asked))
        while not (children := _children()):
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return children

    gone = asyncio.run(stopped())
    assert gone
    assert not set(_children()) & set(gone)


def _children() -> list[int]:
    """The processes of ours that read tables."""
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        found = list(map(int, file.read().split()))
    return [pid for pid in found if b"documents.data.worker" in _command(pid)]


def _command(pid: int) -> bytes:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    except OSError:
        return b""


def test_a_question_has_limits_of_memory_and_time_and_writes_nothing():
    memory, seconds, written = worker.LIMITS["ask"]
    assert (memory <= 1_500_000_000, seconds, written) == (True, 20, 0)


# ---- what is kept ----------------------------------------------------------------------------------------
def test_a_file_is_read_once_and_forgotten_after_an_hour(add, call, kept, monkeypatch):
    add("orders.csv", files.orders())
    jobs = []
    run = workers.run

    async def counted(job, asked):
        jobs.append(job)
        return await run(job, asked)

    monkeypatch.setattr(workers, "run", counted)
    for _ in range(2):
        assert not call(QUERY, sql=SUM).is_error
    assert jobs == ["load", "ask", "ask"]
    (folder,) = kept.iterdir()
    assert sorted(path.name for path in folder.iterdir()) == ["tables.duckdb", "tables.json"]
    tables.clean_up()
    assert folder.exists()
    old = time.time() - tables.KEPT - 1
    os.utime(folder, (old, old))
    tables.clean_up()
    assert not folder.exists()


def test_a_file_that_is_too_large_is_refused(add, call, monkeypatch):
    add("orders.csv", files.orders())
    monkeypatch.setattr(tables, "LARGEST", 10)
    assert "larger than 200 MB" in call(QUERY, sql=SUM).content
