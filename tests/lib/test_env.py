"""Reading of the environment."""

import pytest

from sambung.lib import env


def test_places(monkeypatch):
    monkeypatch.setenv("PLACES", "Localhost:11434, [::1]:8080,10.0.0.5:80")
    assert env.places("PLACES") == {("localhost", 11434), ("::1", 8080), ("10.0.0.5", 80)}
    monkeypatch.delenv("PLACES")
    assert env.places("PLACES") == frozenset()


@pytest.mark.parametrize(
    "written", ["localhost", ":80", "http://a:80", "a:80/v1", "u@a:80", "a:port", "a:99999", "::1:80"]
)
def test_what_is_no_place_ends_the_process(monkeypatch, written):
    monkeypatch.setenv("PLACES", written)
    with pytest.raises(env.EnvError, match="PLACES"):
        env.places("PLACES")


# ---- the address that people open ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://Chat.Example.org/", "https://chat.example.org"),
        ("HTTPS://chat.example.org:443", "https://chat.example.org"),
        ("http://chat.example.org:80", "http://chat.example.org"),
        ("https://chat.example.org:8443", "https://chat.example.org:8443"),
        ("http://chat.example.org:443", "http://chat.example.org:443"),
        ("https://例え.テスト", "https://xn--r8jz45g.xn--zckzah"),
        ("https://BÜCHER.example", "https://xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("http://[2001:DB8::1]:8000", "http://[2001:db8::1]:8000"),
        ("", ""),
    ],
)
def test_public_url(monkeypatch, written, read):
    monkeypatch.setenv("PUBLIC_URL", written)
    assert env.public_url("PUBLIC_URL") == read


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("https://example.org/chat", "write https://example.org and"),
        ("https://example.org//", ""),
        ("https://example.org:443/chat/", "write https://example.org and"),
        ("https://example.org?a=b", "paths are not supported"),
        ("https://example.org/?", "paths are not supported"),
        ("https://example.org#top", "paths are not supported"),
        ("https://me@example.org", "such as https://example.org"),
        ("https://me:pass@example.org", "such as https://example.org"),
        ("https://example.org:http", "takes an address"),
        ("https://[::1", "takes an address"),
        ("https://straße.example", "xn--"),
        ("https://a..b", "xn--"),
        ("https://exa mple.org", "xn--"),
    ],
)
def test_a_public_url_that_cannot_work(monkeypatch, written, told):
    monkeypatch.setenv("PUBLIC_URL", written)
    if not told:
        assert env.public_url("PUBLIC_URL") == "https://example.org"
        return
    with pytest.raises(env.EnvError) as refused:
        env.public_url("PUBLIC_URL")
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "pass@" not in str(refused.value)


def test_hosts(monkeypatch):
    monkeypatch.setenv("HOSTS", "Docs.Example.org:443 wiki.example:8080 bücher.example [::1]")
    assert env.hosts("HOSTS") == {"docs.example.org", "wiki.example:8080", "xn--bcher-kva.example", "[::1]"}


@pytest.mark.parametrize(
    "written", ["https://a.example", "a.example,b.example", "a.example/x", "me@a.example", "a:port"]
)
def test_what_is_no_host_ends_the_process(monkeypatch, written):
    monkeypatch.setenv("HOSTS", written)
    with pytest.raises(env.EnvError, match="HOSTS"):
        env.hosts("HOSTS")


# ---- addresses with a password ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "coded"),
    [
        ("p://me:p#a@ss@host/x", "p://me:p%23a%40ss@host/x"),
        ("p://me:p%23a%40ss@host/x", "p://me:p%23a%40ss@host/x"),
        ("p://me:100%@host", "p://me:100%25@host"),
        ("p://me:a:b[c]+d é@host", "p://me:a%3Ab%5Bc%5D+d%20%C3%A9@host"),
        ("p://me:a?b@host/x?c=d@e", "p://me:a%3Fb@host/x?c=d@e"),
        ("p://me@/name?host=/a/b", "p://me@/name?host=/a/b"),
        ("p://host", "p://host"),
        ("nonsense", "nonsense"),
    ],
)
def test_secret_url(written, coded):
    assert env.secret_url("X", written) == coded


def test_an_at_after_a_slash_names_the_percent_form_and_no_secret():
    with pytest.raises(env.EnvError) as refused:
        env.secret_url("X", "p://me:secret/word@host/x")
    assert "%2F" in str(refused.value)
    assert "secret/" not in str(refused.value)


# ---- a file ----------------------------------------------------------------------------------------------
def test_a_file_gives_way_to_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("ONE", "here")
    for name in ("TWO", "THREE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".env").write_text("ONE=there\nexport TWO='a b' # said\nTHREE=p#w # said\n# FOUR=no\nnonsense\n")
    env.read_file(tmp_path / ".env")
    assert [env.text(name) for name in ("ONE", "TWO", "THREE", "FOUR")] == ["here", "a b", "p#w", ""]
    env.read_file(tmp_path / "missing")
