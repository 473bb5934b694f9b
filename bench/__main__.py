"""`make bench`: measure Sambung beside the bare relay, and print the table.

python -m bench [--only first_token,burst] [--quick] [--upstream-script PATH] [--results PATH]
"""

import argparse
import asyncio
import signal
import sys
import time
import traceback
from pathlib import Path

import uvloop

from bench import report, stand
from bench.cases import CASES, QUICK, Size, models


async def measure(names: list[str], size: Size, upstream_script: Path | None) -> dict[str, float]:
    """Run the cases one after the other on one stand; return all figures. A case that fails is told and left out."""
    figures: dict[str, float] = {}
    # So that a bench that is told to end takes its processes with it.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)
    with stand.build(models(size), upstream_script, is_hasty=size is QUICK) as built:
        for name in names:
            begun = time.monotonic()
            try:
                figures |= await CASES[name](built, size)
            except Exception:
                traceback.print_exc()
                figures[f"{name}.broken"] = 1.0
            print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return figures


def main() -> int:
    """Measure; 1 when a case broke, 0 else: a missed bound is a figure, not an error."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, as ratios to the bare relay.")
    parser.add_argument("--only", default="", help=f"cases, by commas: {', '.join(CASES)}")
    parser.add_argument("--quick", action="store_true", help="a few of everything: shows only that it runs")
    parser.add_argument("--upstream-script", type=Path, help="another scripted model server (--port, --models)")
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="where the figures are kept")
    options = parser.parse_args()
    names = [name.strip() for name in options.only.split(",") if name.strip()] or list(CASES)
    if unknown := sorted(set(names) - CASES.keys()):
        parser.error(f"There is no case {', '.join(unknown)}.")
    figures = uvloop.run(measure(names, QUICK if options.quick else Size(), options.upstream_script))
    print(report.table(figures))
    report.keep(figures, " ".join(["python -m bench", *sys.argv[1:]]), options.results)
    print(f"Kept in {options.results}.")
    return 1 if any(name.endswith(".broken") for name in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
