#!/usr/bin/env bash
# pyromark 0.10.3 (pulldown-cmark) with ENABLE_MATH: a dollar in plain words closes at a dollar inside a code span.
#
# CommonMark binds code spans tighter than emphasis and links: one that opens later still wins over them. Over a
# formula it does not, when the formula's dollar comes first: the code span is cut, its opening backtick becomes part
# of the formula, and the next code span is paired wrongly.
# One price in front of a shell variable in code is enough.
#
# Seen: "costs $5, set `A$` and `B`" gives a formula "5, set `A", a code span " and " and a stray backtick.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet pyromark==0.10.3
"$folder/env/bin/python" - <<'PY'
import pyromark

TEXT = "costs $5, set `A$` and `B`"
plain = pyromark.html(TEXT).strip()
math = pyromark.html(TEXT, options=pyromark.Options.ENABLE_MATH).strip()
print(plain)
print(math)
assert plain == "<p>costs $5, set <code>A$</code> and <code>B</code></p>", plain
assert math == '<p>costs <span class="math math-inline">5, set `A</span><code>and</code>B`</p>', math
PY
