"""Code of documents is run: what it printed, where it failed, and why other languages do not run."""

import pytest

from documents import running

SCRIPT = {"HX-Request": "true"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def run(write, alice, sign_in):
    """Run the code of a new document by its page; give the answer's words."""
    client = sign_in(alice)

    def send(code: str, language: str = "python", form: dict | None = None) -> str:
        document = write(code, kind="code", language=language)
        return client.post(f"/app/documents/{document.pk}/run/", form or {}, headers=SCRIPT).content.decode()

    return send


def test_output_and_value(run):
    told = run("print('Gayo', 2)\n6 * 7")
    assert "Gayo 2" in told
    assert "<b>42</b>" in told


def test_nothing_printed(run):
    assert "It ran, and printed nothing." in run("x = 1")


@pytest.mark.parametrize(
    ("code", "line"), [("x = 1\n\ndef f():\n    return 1 / 0\n\nf()\n", 4), ("x = 1\ny = (\nprint(", 3)]
)
def test_the_line_of_an_error(run, code, line):
    told = run(code)
    assert f"It failed in line {line}." in told
    assert f'data-go-to-line="{line}"' in told


def test_what_stands_in_the_form_is_run(run):
    assert "from the form" in run("1", form={"content": "print('from the form')", "language": "python"})


@pytest.mark.parametrize(
    ("language", "why"),
    [
        ("javascript", "JavaScript does not run here"),
        ("mermaid", "“Preview” draws it"),
        ("", "Say first in which language"),
    ],
)
def test_another_language_says_why_not(run, language, why):
    assert why in run("1", language)


def test_what_takes_too_long_says_so(run, monkeypatch):
    monkeypatch.setattr(running.sandbox, "SECONDS", 0.2)
    assert "ran longer than 0.2 seconds" in run("while True:\n    pass\n")


def test_what_is_too_long_is_not_run(run):
    assert "more than 50,000 characters" in run("x = 1\n" * 10_000)


def test_a_page_without_scripts(write, alice, sign_in):
    document = write("print('plain')", kind="code", language="python")
    page = sign_in(alice).post(f"/app/documents/{document.pk}/run/").content.decode()
    assert "plain" in page
    assert f'href="/app/documents/{document.pk}/"' in page
