"""Terms in the columns `search` that the database made itself; they are read until the new ones have been full once.

Goes with those columns, in the version after the one that brought the new ones.
"""

import re

from chats.search.matching import Asked
from chats.search.query import Term

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TOKENS = re.compile(r"[^\W_]+")


def asked(terms: list[Term]) -> Asked:
    """Return what the terms are in the former columns; what cannot be asked there is left out."""
    pieces, params = [], []
    for term in terms:
        if tokens := [token.lower() for token in _TOKENS.findall(_CAMEL.sub(" ", term.text))]:
            sql, given = _fits(term, tokens)
            pieces.append(f"(!! {sql})" if term.is_not else sql)
            params += given
    return Asked("search", f"({' && '.join(pieces)})" if pieces else "''::tsquery", params)


def _fits(term: Term, tokens: list[str]) -> tuple[str, list[str]]:
    """Exact words have the weight A in the index: else the stem "roast" of "roasting" would be one too."""
    is_exact = term.is_exact or len(tokens) > 1
    weight = ":A" if is_exact else ""
    exact = " <-> ".join(f"'{token}'{weight}" for token in tokens)  # tokens hold letters and digits alone
    if term.is_prefix:
        exact += "*" if is_exact else ":*"
    sql, params = "to_tsquery('pg_catalog.simple', %s)", [exact]
    if not is_exact:
        for language in ("english", "indonesian"):
            sql += f" || plainto_tsquery('pg_catalog.{language}', %s)"
            params.append(tokens[0])
    return f"({sql})", params
