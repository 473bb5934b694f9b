#!/usr/bin/env bash
# PyYAML 6.0.3: the two parsers tell an unquoted scalar by two different styles.
#
# In the events of the parser in Python, `style` of a scalar without quotes is None; in those of the parser in C it is
# "". Who asks `event.style is None`, to tell 12 from "12" and true from "true", takes every number and boolean of a
# file for text as soon as libyaml is there, without any error. Ask whether the style is empty.
#
# Seen: Python None '"' / C '' '"'
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet pyyaml==6.0.3
"$folder/env/bin/python" - <<'PY'
import yaml


def styles(loader):
    return [event.style for event in yaml.parse('[12, "12"]', Loader=loader) if isinstance(event, yaml.ScalarEvent)]


in_python, in_c = styles(yaml.SafeLoader), styles(yaml.CSafeLoader)
print("Python", *map(repr, in_python), "/ C", *map(repr, in_c))
assert in_python == [None, '"'], "the parser in Python tells it otherwise now"
assert in_c == ["", '"'], "the parser in C tells it otherwise now"
PY
