"""The table: what was measured, what it is to the bare relay, and what it must be."""

import json
import math
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

RESULTS = Path(__file__).parent / "results" / "latest.json"


#: What a figure is when two builds are compared. A cost and a rate have a ratio; a count, or a longest time, keeps to
#: its bound each time; a difference may be nothing or less; the load's own figures say nothing of a build.
Kind = Literal["cost", "rate", "count", "difference", "load"]


@dataclass(frozen=True, slots=True)
class Line:
    """A figure of the table. `must` is a bound, of a rate a lower one."""

    key: str
    label: str
    unit: str
    must: float | None = None
    goal: float | None = None
    relay: str = ""
    kind: Kind = "cost"
    digits: int = 1

    def passes(self, value: float) -> bool:
        """Tell whether the value keeps to its bound."""
        if self.must is None:
            return True
        return value >= self.must if self.kind == "rate" else value <= self.must

    def shown(self, value: float) -> str:
        """Return the value with its unit."""
        return f"{value:,.{self.digits}f} {self.unit}".strip()


LINES = (
    Line("first_token.p50", "first token added, 1 user, p50", "ms", 50, 40, "first_token.relay"),
    Line("first_token.p95", "first token added, 1 user, p95", "ms"),
    Line("first_token.post", "answer to the POST, 1 user, p50", "ms"),
    Line("tools.without", "first token without tools, p50", "ms"),
    Line("tools.added", "first token: 20 tools of an MCP server add", "ms", 30, kind="difference"),
    Line("latency.p50", "per-token latency, 1 user, p50", "ms"),
    Line("latency.p95", "per-token latency, 1 user, p95", "ms", 60, None, "latency.relay"),
    Line("latency.p99", "per-token latency, 1 user, p99", "ms"),
    Line("cpu_token.ms", "CPU per token, 50 streams at 30 tok/s", "ms", 0.22, 0.18, "cpu_token.relay", digits=3),
    Line("steady.p50", "50 streams: per-token latency p50", "ms"),
    Line("steady.p95", "50 streams: per-token latency p95", "ms", relay="steady.relay"),
    Line("steady.p99", "50 streams: per-token latency p99", "ms"),
    *(
        Line(f"engine.{protocol}", f"the engine alone, {name}: CPU per token", "µs", digits=0)
        for protocol, name in (
            *(("openai", "OpenAI"), ("responses", "OpenAI's Responses")),
            *(("anthropic", "Anthropic"), ("google", "Google")),
        )
    ),
    Line("burst.failed", "200 sends within 1 s: not complete", "", 0, kind="count", digits=0),
    Line("burst.p50", "200 sends within 1 s: first token p50", "ms", digits=0),
    Line("burst.p95", "200 sends within 1 s: first token p95", "ms", 4000, 2000, "burst.relay", digits=0),
    Line("burst.cpu_send", "CPU per send of 20 tokens", "ms"),
    *(
        line
        for key, streams in (("many", 200), ("most", 500))
        for line in (
            Line(f"{key}.failed", f"{streams} streams at 30 tok/s: not complete", "", 0, kind="count", digits=0),
            Line(f"{key}.late", f"{streams} streams: end after the due time", "s", kind="difference"),
            Line(f"{key}.p50", f"{streams} streams: per-token latency p50", "ms", digits=0),
            Line(f"{key}.p95", f"{streams} streams: per-token latency p95", "ms", relay=f"{key}.relay", digits=0),
            Line(f"{key}.p99", f"{streams} streams: per-token latency p99", "ms", digits=0),
            Line(f"{key}.cpu", f"{streams} streams: cores used by web and database", "", digits=2),
            Line(f"{key}.load_cpu", f"{streams} streams: core used by the load itself", "", kind="load", digits=2),
        )
    ),
    Line("rate.tokens", "most tokens per core-second", "", 15_000, None, "rate.relay", kind="rate", digits=0),
    Line("start.web", "start to first 200, database running", "s", 4, digits=2),
    Line("start.all", "start to first 200, database started too", "s", 4, digits=2),
    Line("idle.mb", "idle memory (PSS) of web and database", "MB", 200, None, "idle.relay", digits=0),
    Line("idle.web", "of which the web process", "MB", digits=0),
    Line("list.ms", "10,000 chats: the list", "ms", 20),
    Line("palette.ms", "10,000 chats: the palette, by two words", "ms", 40),
    Line("search.ms", "10,000 chats of 10 messages: the slowest kind of search", "ms", 40),
    Line("apart.ms", "10,000 chats: a phrase of frequent words that is nowhere", "ms", digits=0),
    Line("open.ms", "1,000 messages: open the chat", "ms", 60),
    Line("longest.ms", "5,000 messages: open the chat", "ms", 60, relay="short.ms"),
    *(
        Line(key, f"{what}: recall@5 by words", "", must, kind="rate", digits=3)
        for key, what, must in (
            ("help_en.words", "249 questions, GNOME's help in English", 0.87),
            ("help_id.words", "the same in Indonesian", 0.82),
            ("python.words", "176 questions, Python's FAQ among its documentation", 0.36),
        )
    ),
    *(
        Line(f"{name}.to_bm25", f"{what}: to exact BM25 over the same words", "", 0.95, kind="rate", digits=2)
        for name, what in (("help_en", "English"), ("help_id", "Indonesian"), ("python", "Python's FAQ"))
    ),
    Line("help_en.to_postgres", "English: to PostgreSQL's own search", "×", 1.3, kind="rate", digits=2),
    Line("help_id.to_postgres", "Indonesian: to PostgreSQL's own search", "×", 2.5, kind="rate", digits=2),
    *(
        Line(f"{kind}.{size}.{part}", f"200,000 passages, {what}, {share}: {part}", "ms", must)
        for size, share, part_of in (("large", "100 to 20 % of them", 1), ("small", "2 % and less", 3))
        for kind, what, bounds in (("words", "by words", (25, 90)), ("hybrid", "by both", (40, 100)))
        for part, must in zip(("p50", "p95"), (bound / part_of for bound in bounds), strict=True)
    ),
    *(
        Line(f"{key}.both", f"{what}: recall@5 with the extra model", "", must, kind="rate", digits=3)
        for key, what, must in (
            ("help_en", "249 questions, GNOME's help in English", 0.94),
            ("help_id", "the same in Indonesian", 0.90),
            ("id_en", "Indonesian questions over the English help", 0.68),
        )
    ),
    Line("both.loss", "words and vectors fused: behind the better of them by", "", 0.02, kind="difference", digits=3),
    Line("near.least", "of the 20 nearest vectors, found in the worst share", "", 0.95, kind="rate", digits=3),
    Line("cover_density.times", "any word by ts_rank_cd, half of them: slower by", "×", 50, kind="rate", digits=0),
    Line("ingest.dropped", "200 files of 20 pages: all found after", "s", 60),
    Line("ingest.cpu", "of which processor time of web and database", "s"),
    Line("ingest.long_cpu", "a PDF of 300 pages: processor time to read it", "s", 5, digits=2),
    Line("ingest.long_mb", "a PDF of 300 pages: memory of its reader", "MB", 150, digits=0),
    Line("ingest.rate", "passages indexed by words per core-second", "", 300, kind="rate", digits=0),
    Line("kill.seen", "kill -9: tokens seen", "", kind="count", digits=0),
    Line("stalls.page", "one person holds slow acts: others' pages, p95", "s", 0.5, digits=2),
    Line("stalls.failed", "one person holds slow acts: others' pages that failed", "", 0, kind="count", digits=0),
    Line("stalls.revoked", "one person holds slow acts: a removed member reads on for", "s", 5, kind="count"),
    Line("stalls.beat", "one person holds slow acts: oldest heartbeat", "s", 8, kind="count"),
    Line("data.p50", "1,000,000 rows: a question, p50", "s", digits=2),
    Line("data.p95", "1,000,000 rows: a question, p95", "s", 2, digits=2),
    Line("workflows.commit", "workflows: a bare commit of one row", "ms", kind="load", digits=2),
    Line("workflows.chain", "workflows: 50 nodes in a row, for each", "ms", digits=2),
    Line("workflows.chain_over", "workflows: that, beyond two commits", "ms", 2, 0.5, kind="difference", digits=2),
    Line("workflows.fan", "workflows: 40 side by side and a join, for each", "ms", 3, 1.6, digits=2),
    Line("workflows.all", "workflows: 100 runs of 50 nodes at once", "s", 5, 2, digits=2),
    Line("workflows.cpu", "workflows: the same, CPU for each node", "ms", 0.5, 0.2, digits=3),
    Line("workflows.waiting_memory", "workflows: 1,000 runs that wait for people", "MB", 5, kind="difference"),
    Line("workflows.waiting_tasks", "workflows: the same, tasks that they hold", "", 0, kind="count", digits=0),
    Line("workflows.stop", "workflows: Stop, code that never ends", "s", 1, digits=2),
    Line("workflows.webhook", "workflows: a webhook, p95 to its 202", "ms", 100),
    Line("workflows.due", "workflows: schedules due at once, p95 until their runs work", "s", 2, digits=2),
    Line("workflows.first_token", "first token p95 while 100 runs work, to without", "", 1.3, 1.1, digits=2),
    Line("workflows.dbos_all", "workflows: DBOS, 100 runs of 50 nodes at once", "s", kind="load", digits=2),
    Line("workflows.dbos_cpu", "workflows: DBOS, CPU for each node", "ms", kind="load", digits=3),
    Line("workflows.cpu_share", "workflows: our CPU to that of DBOS", "", 1 / 15, digits=3),
    Line("workflows.times_dbos", "workflows: so many times as fast as DBOS", "", 5, 12, kind="rate"),
    Line("data.read", "1,000,000 rows: the file read, once", "s", digits=1),
    Line("kill.lost", "kill -9: of those not in the database", "", 0, kind="count", digits=0),
)


def rows(figures: dict[str, float]) -> list[tuple[str, ...]]:
    """Return the table's rows for what was measured: label, figure, bare relay, ratio, must, goal, verdict."""
    made = []
    for line in LINES:
        if (value := figures.get(line.key)) is None:
            continue
        floor = figures.get(line.relay, math.nan) if line.relay else math.nan
        ratio = value / floor if floor else math.nan
        sign = "≥" if line.kind == "rate" else "≤"
        made.append(
            (
                line.label,
                line.shown(value),
                "" if math.isnan(floor) else f"{floor:,.{line.digits}f}",
                "" if math.isnan(ratio) else f"{ratio:.2g}" if ratio < 10 else f"{ratio:.0f}",
                "" if line.must is None else f"{sign} {line.must:,g}",
                "" if line.goal is None else f"{sign} {line.goal:,g}",
                "" if line.must is None else "ok" if line.passes(value) else "MISSED",
            )
        )
    return made


def table(figures: dict[str, float]) -> str:
    """Return the table as Markdown."""
    return aligned([("", "Sambung", "bare relay", "ratio", "must", "goal", ""), *rows(figures)])


def aligned(lines: list[tuple[str, ...]]) -> str:
    """Return rows, the first of them the head, as a Markdown table that is also read well as text."""
    widths = [max(len(row[n]) for row in lines) for n in range(len(lines[0]))]
    shown = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in lines
    ]
    shown.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(shown)


def keep(figures: dict[str, float], command: str, path: Path = RESULTS) -> None:
    """Write the figures as JSON, with the date and the command that made them."""
    path.parent.mkdir(exist_ok=True)
    found = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "figures": {name: round(value, 4) for name, value in figures.items()},
    }
    path.write_text(json.dumps(found, indent=2) + "\n")
