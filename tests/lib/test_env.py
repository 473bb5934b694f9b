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
