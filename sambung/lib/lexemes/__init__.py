"""Words of a text as they are found: the same for what is searched and for what is asked. Knows no app, no database.

`read` cuts a text of any script into words, `forms` says what a word fits, `index` writes a text down for PostgreSQL.
"""

from sambung.lib.lexemes.forms import LANGUAGES, MARK, forms, stem, stems
from sambung.lib.lexemes.indexed import Indexed, array, index, pair, quoted
from sambung.lib.lexemes.reading import Word, is_letter, read, stretches

__all__ = [
    "LANGUAGES",
    "MARK",
    "Indexed",
    "Word",
    "array",
    "forms",
    "index",
    "is_letter",
    "pair",
    "quoted",
    "read",
    "stem",
    "stems",
    "stretches",
]
