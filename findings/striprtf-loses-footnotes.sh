#!/usr/bin/env bash
# striprtf 0.0.35: the text of footnotes is gone, and nothing says so.
#
# RTF keeps a footnote where it is called, as a destination of its own within the paragraph. rtf_to_text passes over that
# destination as over a picture: the sentence reads on as if there were no note, without a mark, warning or option. A
# contract's "payable in May" is then in no text, index or prompt. Whoever reads RTF with it looks for \footnote himself.
#
# Seen: 'The fee is 900. It is fixed.'
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet striprtf==0.0.35
"$folder/env/bin/python" - <<'PY'
from striprtf.striprtf import rtf_to_text

text = rtf_to_text(r"{\rtf1\ansi The fee is 900.{\footnote\pard\plain {\super\chftn} Payable in May.} It is fixed.}")
print(repr(text))
assert text == "The fee is 900. It is fixed.", "the footnote is told now"
PY
