"""The bench runs, and what it reports is right. Nothing here asserts a time."""

import json
import os
import subprocess
import sys

import pytest

from bench import load, meter, report
from sambung.home import PROJECT


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """The bench run as a person would, with two small cases; gives what it printed."""
    kept = tmp_path_factory.mktemp("results") / "latest.json"
    command = [sys.executable, "-m", "bench", "--quick", "--only", "burst,rate", "--results", str(kept)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(kept.read_text())


def test_quick_run_completes_every_reply(printed):
    shown, kept = printed
    assert kept["figures"]["burst.failed"] == 0
    assert kept["figures"]["rate.tokens"] > 0
    assert "| most tokens per core-second" in shown


def test_unknown_case_is_refused():
    command = [sys.executable, "-m", "bench", "--only", "nothing"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "There is no case nothing" in done.stderr


def test_a_repeated_token_counts_once():
    tally = load.Tally(3)
    reader = load.Reader(tally)
    stamp = "1700000000000000000"
    reader.feed(f"<p>w0@{stamp} w1@{stamp}</p>")
    reader.feed(f"<p>w0@{stamp} w1@{stamp} w2@{stamp}</p>")
    assert (tally.tokens, reader.seen, len(tally.first)) == (3, 3, 1)


def test_a_gap_is_not_counted():
    tally = load.Tally(3)
    load.Reader(tally).feed("w1@1700000000000000000 w2@1700000000000000000")
    assert tally.tokens == 0


@pytest.mark.parametrize(
    ("key", "value", "verdict"),
    [
        ("first_token.p50", 51.0, "MISSED"),
        ("first_token.p50", 50.0, "ok"),
        ("rate.tokens", 14_999.0, "MISSED"),
        ("rate.tokens", 15_000.0, "ok"),
        ("kill.lost", 1.0, "MISSED"),
        ("many.late", 9.0, ""),
    ],
)
def test_verdicts(key, value, verdict):
    assert report.rows({key: value})[0][-1] == verdict


def test_ratio_is_to_the_relay():
    (row,) = report.rows({"cpu_token.ms": 0.3, "cpu_token.relay": 0.1})
    assert row[2:4] == ("0.100", "3")


def test_meter_sees_this_process():
    assert meter.cpu([os.getpid()]) > 0
    assert meter.pss([os.getpid()]) > 1


@pytest.mark.parametrize(("share", "expected"), [(0.5, 6), (0.95, 10), (0.0, 1)])
def test_percentile(share, expected):
    assert meter.percentile(range(10, 0, -1), share) == expected
