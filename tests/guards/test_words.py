"""Every word for people can be had in Indonesian, and pages hold no other words."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext, trans_real

from agents.models import RunStatus
from sambung import errors
from teams import setup
from tests.factories import exchange, message, run
from tests.guards import words
from tests.indonesian import indonesian  # noqa: F401  a fixture

#: Words that are the same in all languages, or a person's own.
NAMES = {"Sambung", "Alice Owner", "AO", "English", "Indonesia", "Bahasa Indonesia", "fake-plain", "Kopi", "Ctrl ⇧ O"}
LETTERS = re.compile(r"[^\W\d_]{2,}")


def test_the_catalogue_holds_exactly_the_words_of_the_sources():
    held = {words.singular(message) for message in words.catalogue() if message.id}
    wanted = words.wanted()
    assert held == wanted, "`make messages` collects the words; then translate the new ones."
    assert len(wanted) > 200


def test_every_word_is_translated():
    missing = [m.id for m in words.catalogue() if m.id and (m.fuzzy or not all(words.forms(m)))]
    assert not missing


def test_translations_keep_places_and_tags():
    broken = []
    for entry in words.catalogue():
        if not entry.id:
            continue
        plural = entry.id if isinstance(entry.id, str) else entry.id[1]
        broken += [text for text in words.forms(entry) if words.places(text) != words.places(plural)]
    assert not broken


def test_indonesian_has_one_plural_form():
    assert words.catalogue().num_plurals == 1


@pytest.mark.usefixtures("indonesian")
def test_django_uses_the_compiled_words():
    with translation.override("id"):
        assert gettext("New chat") == "Obrolan baru"
        many = [ngettext("%(n)s message", "%(n)s messages", n) % {"n": n} for n in (1, 5)]
    assert many == ["1 pesan", "5 pesan"]


class Marked:
    """A catalogue that puts every word it is asked for between brackets."""

    def gettext(self, text):
        return f"⟦{text}⟧"

    def ngettext(self, one, many, n):
        return f"⟦{one if n == 1 else many}⟧"

    def to_language(self):
        return "id"


@pytest.fixture
def marked():
    kept = trans_real._translations.copy()
    trans_real._translations["id"] = Marked()
    yield
    trans_real._translations.clear()
    trans_real._translations.update(kept)


def open_pages() -> dict[str, str]:
    """The pages that need no sign-in, by name."""
    client = Client(headers={"Accept-Language": "id"})
    paths = {name: reverse(name) for name in ("account_login", "account_reset_password")}
    paths |= {"account_reset_password_done": reverse("account_reset_password_done")}
    return {name: client.get(path).content.decode() for name, path in paths.items()}


def error_pages() -> dict[str, str]:
    made = (
        errors.bad_request,
        errors.forbidden,
        errors.not_found,
        errors.server_error,
        errors.unavailable,
        errors.no_room,
    )
    with translation.override("id"):
        return {view.__name__: view(None).content.decode() for view in made}


def signed_in_pages(client: Client, chat) -> dict[str, str]:
    """Pages and dialogs of a chat with an answer, a failed reply and a waiting message."""
    answer = exchange(chat, "1", "2")
    asked = message(chat, text="3", parent=answer)
    failed = run(chat, status=RunStatus.FAILED, error_code="empty_reply", finished_at=NOW)
    reply = message(chat, "assistant", "4", parent=asked, run=failed)
    names = {
        "chat_new": (),
        "chat_list": (),
        "palette": (),
        "chat": (chat.pk,),
        "chat_rename": (chat.pk,),
        "chat_settings": (chat.pk,),
        "message_edit": (asked.pk,),
        "message_delete": (asked.pk,),
        "message_usage": (answer.pk,),
    }
    assert reply.pk
    return {name: client.get(reverse(f"app:{name}", args=args)).content.decode() for name, args in names.items()}


NOW = "2026-11-22T12:00:00Z"


@pytest.fixture
def reader(alice, chat, sign_in):
    """Alice, who reads Indonesian, and her chat."""
    alice.preferences = {"language": "id"}
    alice.save()
    chat.title = "Kopi"
    chat.save()
    return sign_in(alice), chat


def unmarked(html: str) -> list[str]:
    """Words of a page that did not come from the catalogue."""
    left = []
    for text in words.Page(re.sub(r"⟦[^⟧]*⟧", "", html)).words:
        rest = text
        for name in sorted(NAMES, key=len, reverse=True):
            rest = rest.replace(name, "")
        if LETTERS.search(rest) and "@" not in rest:
            left.append(text)
    return left


@pytest.mark.usefixtures("marked", "db")
def test_pages_hold_no_words_but_those_of_the_catalogue(reader):
    pages = open_pages() | error_pages() | signed_in_pages(*reader)
    assert not {name: left for name, html in pages.items() if (left := unmarked(html))}
    assert all("⟦" in html for html in pages.values())


@pytest.mark.usefixtures("marked", "db")
def test_set_up_holds_no_words_but_those_of_the_catalogue():
    html = Client(headers={"Accept-Language": "id"}).get(reverse("setup", args=[setup.offer()])).content.decode()
    assert "⟦Set up Sambung⟧" in html
    assert unmarked(html) == []


@pytest.mark.usefixtures("indonesian")
def test_mails_are_in_the_reader_s_language(alice, mailoutbox):
    client = Client(headers={"Accept-Language": "id"})
    client.post(reverse("account_reset_password"), {"email": alice.email})
    assert mailoutbox[0].subject == "Atur ulang kata sandi Sambung Anda"
    assert "meminta kata sandi baru untuk akun Anda" in mailoutbox[0].body


def test_a_word_outside_the_catalogue_would_be_noticed():
    assert unmarked("<p>⟦Hello⟧ Sambung</p><p>Hello</p><button aria-label='Close'></button>") == ["Hello", "Close"]


@pytest.mark.usefixtures("indonesian", "db")
def test_pages_are_in_indonesian(reader):
    english = {words.singular(m) for m in words.catalogue() if m.id and words.forms(m) != [words.singular(m)]} - set(
        NAMES
    )
    pages = open_pages() | error_pages() | signed_in_pages(*reader)
    left = {name: english & set(words.Page(html).words) for name, html in pages.items()}
    assert not {name: found for name, found in left.items() if found}
    assert all('<html lang="id"' in html for html in pages.values())
    assert "Apa yang ingin Anda ketahui?" in pages["chat_new"]
    assert "Model menjawab tanpa isi. Silakan coba lagi." in pages["chat"]


def test_both_languages_are_offered():
    assert [code for code, _ in settings.LANGUAGES] == ["en", "id"]
