"""Files to import: known by content, read to their end or to where they break, refused where they are bombs."""

import io
import json
import zipfile

import pytest

from chats.transfer import Unreadable, document, source
from chats.transfer.source import Source
from tests.chats.transfer.test_document import CHAT, ONE

TEXT = {"type": "text"}
MINE = {"format": "sambung.chats", "version": 1, "exported_at": "2024-01-01", "chats": [CHAT | {"title": "Mine"}]}
CHATGPT = {"id": "c1", "title": "Theirs", "create_time": 1700000000.5, "mapping": {}}
OPEN_WEBUI = {"id": "o1", "title": "Old", "chat": {"messages": []}}


def read(data: object) -> list[source.Found]:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(Source(io.BytesIO(raw)).found())


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def problem(data: object) -> str:
    (found,) = read(data)
    assert found.chat is None
    return found.problem


@pytest.mark.parametrize("data", [MINE, [CHATGPT], CHATGPT, [OPEN_WEBUI], OPEN_WEBUI])
def test_known_by_content(data):
    (found,) = read(data)
    assert not found.problem
    assert found.chat["title"] in {"Mine", "Theirs", "Old"}


def test_all_kinds_in_one_zip():
    members = {"a/MINE.JSON": MINE, "conversations.json": [CHATGPT, OPEN_WEBUI], "other.json": {"name": "x"}}
    found = read(zipped({name: json.dumps(data).encode() for name, data in members.items()} | {"chat.html": b"<p>"}))
    assert [(f.place, bool(f.problem)) for f in found] == [
        ("a/MINE.JSON [1]", False),
        ("conversations.json [1]", False),
        ("conversations.json [2]", False),
        ("other.json", True),
    ]


def test_what_lies_beside_chats_is_told_once_for_a_file_or_not_at_all():
    ratings = [{"id": str(n), "rating": "thumbs_up"} for n in range(5)]
    members = {
        "conversations-000.json": [CHATGPT],
        "conversations-001.json": [CHATGPT, *ratings[:2]],
        "message_feedback.json": ratings,
        "user.json": {"id": "x"},
        "user_settings.json": [],
        "odd.json": ratings,
        "sora.json": b"[",
    }
    raw = {name: data if isinstance(data, bytes) else json.dumps(data).encode() for name, data in members.items()}
    assert [(one.place, one.problem) for one in read(zipped(raw))] == [
        ("conversations-000.json [1]", ""),
        ("conversations-001.json [1]", ""),
        ("conversations-001.json [2]", "This is no chat."),
        ("conversations-001.json [3]", "This is no chat."),
        ("odd.json", "There is no chat in it."),
        ("sora.json [1]", "The JSON is broken here; what follows is not read."),
    ]


def test_values_that_are_no_chats_do_not_pile_up(monkeypatch):
    monkeypatch.setattr(source, "MOST_OTHER", 2)
    assert [one.place for one in read([7, 7, 7, 7])] == ["[1]", "[2]", "[3]", "[4]"]


LONG = CHATGPT | {"title": "x" * 150, "more": "y" * 200_000}


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\n\n"])
@pytest.mark.parametrize("last", [b"", b"\n", b"\r\n \n"])
def test_one_chat_a_line(end, last):
    rows = [LONG, OPEN_WEBUI, CHATGPT, MINE, MINE["chats"][0]]
    found = read(end.join(json.dumps(row).encode() for row in rows) + last)
    assert [one.problem for one in found] == [""] * 5
    assert [one.chat["title"] for one in found] == ["x" * 150, "Old", "Theirs", "Mine", "Mine"]


def test_a_line_that_breaks_ends_alone():
    whole = json.dumps(CHATGPT).encode()
    first, broken, third, cut = read(b"\n".join([whole, b'{"mapping": {]' + b" " * 200_000, whole, whole[:-4]]))
    assert [bool(one.chat) for one in (first, broken, third, cut)] == [True, False, True, False]
    assert [one.place for one in (first, broken, third, cut)] == ["[1]", "[2] [1]", "[3]", "[4] [1]"]


def test_lines_in_a_zip():
    lines = b"\n".join(json.dumps(row).encode() for row in (CHATGPT, OPEN_WEBUI))
    assert [bool(one.chat) for one in read(zipped({"a.jsonl": lines, "b.ndjson": lines, "c.json": lines}))] == [
        True
    ] * 6


@pytest.mark.parametrize("indent", [None, 1])
def test_one_object_over_many_lines_is_one(indent):
    text = json.dumps(CHATGPT | {"mapping": {"a": {}}}, indent=indent).encode()
    assert [one.chat["title"] for one in read(text + b"\n")] == ["Theirs"]


def test_one_endless_value_ends_the_reading_and_what_stands_before_it_stays(monkeypatch):
    monkeypatch.setattr(source, "LONGEST_VALUE", 300_000)
    whole, endless = MINE["chats"][0], CHAT | {"title": "x" * 1_000_000}
    first, second = read(MINE | {"chats": [whole, endless]})
    assert first.chat
    assert "too large" in second.problem


def test_a_chat_of_many_long_values_ends_it_too(monkeypatch):
    monkeypatch.setattr(source, "LARGEST_CHAT", 1_000_000)
    many = CHAT | {"messages": [ONE | {"id": str(n), "parts": [TEXT | {"text": "x" * 100_000}]} for n in range(20)]}
    assert "too large" in problem(MINE | {"chats": [many]})
    small = CHAT | {"messages": [ONE | {"parts": [TEXT | {"text": "x" * 100_000}]}]}
    assert len([one for one in read(MINE | {"chats": [small] * 20}) if one.chat]) == 20


def test_a_file_in_the_zip_is_no_larger_than_files_may_be(settings):
    settings.ATTACHMENT_MAX_BYTES = 1000
    opened = Source(io.BytesIO(zipped({"files/small": bytes(1000), "files/large": bytes(1001)})))
    assert opened.content({"path": "files/small"}) == bytes(1000)
    assert opened.content({"path": "files/large"}) is None
    assert opened.content({"path": "files/none"}) is None


def test_what_stands_before_a_break_stays():
    text = json.dumps([CHATGPT, CHATGPT])[:-3].encode()
    first, second = read(text)
    assert first.chat
    assert (second.place, "broken" in second.problem) == ("[2]", True)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"[NaN]",
        b"[1e999]",
        b'[{"mapping": ' + b"9" * 5000 + b"}]",
        b'[{"mapping": {}, "x": ' + b"[" * 5000,
        b'{"mapping": {}, "x": ' + b'{"a":' * 5000,
        b"\xff\xfe[\x00]\x00",
        b"[[[]]]",
        b'["mapping"]',
        b"null",
        {"format": "sambung.chats", "version": 2, "chats": []},
        {"format": "sambung.chats", "version": 1, "chats": [7]},
    ],
)
def test_what_is_no_chat_is_told(data):
    assert problem(data)


def test_a_chat_of_millions_of_values_is_refused(monkeypatch):
    monkeypatch.setattr(source, "MOST_EVENTS", 1000)
    assert "too large" in problem([CHATGPT | {"x": list(range(1001))}])
    assert len(read([CHATGPT | {"x": list(range(600))}] * 5)) == 5


def test_half_of_a_character_and_twice_the_same_name():
    text = b'[{"mapping": {}, "title": "a", "title": "b\\ud800\\u0000"}]'
    (found,) = read(text)
    assert found.chat["title"].startswith("b")
    assert "\0" not in found.chat["title"]


def test_a_bomb_is_refused():
    with pytest.raises(Unreadable):
        Source(io.BytesIO(zipped({"a.json": b" " * (source.FREE * 3)})))


def test_too_many_members_are_refused(monkeypatch):
    monkeypatch.setattr(source, "MOST_MEMBERS", 2)
    with pytest.raises(Unreadable):
        Source(io.BytesIO(zipped({f"{n}.json": b"1" for n in range(3)})))


def test_a_long_directory_is_not_read(monkeypatch):
    monkeypatch.setattr(source, "LARGEST_DIRECTORY", 100)
    with pytest.raises(Unreadable):
        Source(io.BytesIO(zipped({f"{n}.json": b"1" for n in range(3)})))


def test_a_broken_member_is_told_and_the_others_read():
    data = bytearray(zipped({"a.json": json.dumps([CHATGPT]).encode(), "b.json": b"[]"}, zipfile.ZIP_STORED))
    data[data.index(b"Theirs")] = ord("X")  # its sum is wrong now
    assert [f.place for f in read(bytes(data)) if f.problem] == ["a.json"]


def test_files_come_from_the_zip_or_from_the_text():
    found = Source(io.BytesIO(zipped({"files/1/a": b"abc"})))
    assert found.content({"path": "files/1/a"}) == b"abc"
    assert found.content({"path": "../etc/passwd"}) is None
    assert found.content({"data": "YWJj"}) == b"abc"
    assert found.content({"data": "!"}) is None
    assert found.content({}) is None


def test_the_form_of_today_is_the_one_told():
    assert (document.FORMAT, document.VERSION) == ("sambung.chats", 1)
