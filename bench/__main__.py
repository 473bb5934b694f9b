"""`make bench`: measure Sambung beside the bare relay, and print the table; or beside another revision of itself.

python -m bench [--only first_token,burst] [--quick] [--against REV [--pairs N]]
                [--upstream-script PATH] [--results PATH]
"""

import argparse
import signal
import sys
import time
import traceback
from pathlib import Path

import uvloop

from bench import against, builds, ratios, report, stand
from bench.builds import PRESENT, Build
from bench.cases import CASES, models
from bench.sizes import QUICK, Size
from bench.stand import Stand

CUT = 130  # the exit code of what a signal ended


def measure(
    names: list[str], size: Size, upstream_script: Path | None, build: Build = PRESENT, pattern: Path | None = None
) -> dict[str, float]:
    """Run the cases one after the other on one stand; return all figures. A case that fails is told and left out."""
    figures: dict[str, float] = {}
    with stand.home(pattern) as home:
        made = Stand(home, models(size), upstream_script, is_hasty=size is QUICK, build=build)
        with stand.standing(made) as built:
            for name in names:
                begun = time.monotonic()
                try:
                    figures |= uvloop.run(CASES[name](built, size))
                except Exception:
                    traceback.print_exc()
                    figures[f"{name}.broken"] = 1.0
                print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return figures


def alone(names: list[str], size: Size, options: argparse.Namespace) -> int:
    """Measure this build; give 1 when a case broke."""
    figures = measure(names, size, options.upstream_script)
    print(report.table(figures))
    report.keep(figures, " ".join(["python -m bench", *sys.argv[1:]]), options.results)
    print(f"Kept in {options.results}.")
    return 1 if any(name.endswith(".broken") for name in figures) else 0


def beside(names: list[str], size: Size, options: argparse.Namespace) -> int:
    """Measure this build and another one in turn; give 1 when a case broke."""
    commit = builds.revision(options.against)
    key = against.key_of(commit, cases=names, quick=options.quick, upstream=str(options.upstream_script or ""))
    kept = against.Kept.open(options.results.parent, key)
    broken = against.compare(
        kept, names, options.pairs, lambda case, *build: measure([case], size, options.upstream_script, *build)
    )
    print(against.show(kept))
    return 1 if broken else 0


def main() -> int:
    """Measure; 1 when a case broke, 0 else: a missed bound is a figure, not an error."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, as ratios to the bare relay.")
    parser.add_argument("--only", default="", help=f"cases, by commas: {', '.join(CASES)}")
    parser.add_argument("--quick", action="store_true", help="a few of everything: shows only that it runs")
    parser.add_argument("--against", metavar="REV", help="measure this build and that revision in turn, and compare")
    parser.add_argument("--pairs", type=int, default=ratios.ENOUGH, help="how often each of the two is measured")
    parser.add_argument("--upstream-script", type=Path, help="another scripted model server (--port, --models)")
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="where the figures are kept")
    options = parser.parse_args()
    names = [name.strip() for name in options.only.split(",") if name.strip()] or list(CASES)
    if unknown := sorted(set(names) - CASES.keys()):
        parser.error(f"There is no case {', '.join(unknown)}.")
    for told in (signal.SIGTERM, signal.SIGINT):  # so that what is cut takes its processes and folders with it
        signal.signal(told, signal.default_int_handler)
    try:
        return (beside if options.against else alone)(names, QUICK if options.quick else Size(), options)
    except (builds.BuildError, stand.StandError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("The bench was cut.", file=sys.stderr)
        return CUT


if __name__ == "__main__":
    sys.exit(main())
