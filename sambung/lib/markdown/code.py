"""Code blocks: highlighting by Pygments as spans with short class names, bounded in size and time.

Lexers are regular expressions; several take quadratic time on long odd lines. So only the common languages
are offered, only blocks of a modest size are coloured, and a block that takes too long stays plain.
"""

import re
import time
from functools import lru_cache
from html import escape

import pygments.lexers
from pygments.lexer import Lexer
from pygments.lexers import LEXERS
from pygments.token import STANDARD_TYPES, Token

MAX_CODE = 12_000  # characters
MAX_LINE = 1_000  # characters
MAX_SECONDS = 0.08  # CPU time of one block
_CHECK_EVERY = 16  # tokens between two looks at the clock

_LEXERS = frozenset(
    """BashLexer BashSessionLexer BatchLexer CLexer ClojureLexer CMakeLexer CppLexer CrystalLexer
    CSharpLexer CssLexer DartLexer DiffLexer DjangoLexer DLexer DockerLexer ElixirLexer ElmLexer
    ErlangLexer FortranLexer FSharpLexer GoLexer GraphQLLexer GroovyLexer HaskellLexer HtmlLexer
    HttpLexer IniLexer JavaLexer JavascriptLexer JsonLexer JuliaLexer KotlinLexer LuaLexer
    MakefileLexer MatlabLexer NginxConfLexer NimrodLexer NixLexer ObjectiveCLexer OcamlLexer PerlLexer
    PhpLexer PostgresLexer PowerShellLexer PrologLexer PropertiesLexer ProtoBufLexer
    PythonConsoleLexer PythonLexer PythonTracebackLexer RstLexer RubyLexer RustLexer SassLexer
    ScalaLexer SchemeLexer ScssLexer SLexer SolidityLexer SqlLexer SwiftLexer TclLexer
    TerraformLexer TexLexer TOMLLexer TypeScriptLexer VimLexer XmlLexer YamlLexer ZigLexer""".split()
)
# The word at the fence, in lower case -> (class of the lexer, the name that we show).
_LANGUAGES = {
    alias.lower(): (name, aliases[0])
    for name, (_module, _title, aliases, _files, _mimes) in LEXERS.items()
    if name in _LEXERS
    for alias in aliases
}
_WORD = re.compile(r"[a-z0-9][a-z0-9+#._-]{0,31}")
CLASSES = frozenset(filter(None, STANDARD_TYPES.values()))


def block(info: str, code: str, *, finished: bool) -> str:
    """Return a code block.

    `info` is what stands behind the opening fence. Colours are given only where `finished` is true: an open
    block is written again with each tick, and its last line may still mean something else.
    """
    word = _word(info)
    known = _LANGUAGES.get(word)
    shown = known[1] if known else word
    label = f' data-lang="{escape(shown)}"' if shown else ""
    body = _highlighted(known[0], code) if known and finished else None
    if body is None:
        body = escape(code, quote=False)
    return f'<div class="code"{label}><pre tabindex="0"><code>{body}</code></pre></div>\n'


def _word(info: str) -> str:
    """Return the language named at the fence in lower case, or nothing where it is no plain word."""
    words = info.strip().lower().lstrip("{.").split(maxsplit=1)
    word = words[0].rstrip("},:") if words else ""
    return word if _WORD.fullmatch(word) else ""


@lru_cache(maxsize=128)
def _lexer(name: str) -> Lexer:
    return getattr(pygments.lexers, name)()


@lru_cache(maxsize=256)
def _highlighted(name: str, code: str) -> str | None:
    """Return the code as spans, or None where it is too large or takes too long.

    Kept for a while, because the end of a message renders again what its stream has coloured before.
    """
    if len(code) > MAX_CODE or any(len(line) > MAX_LINE for line in code.split("\n")):
        return None
    try:
        tokens = _tokens(name, code)
    except Exception:  # a lexer is third-party code fed with anything: colours are not worth an error
        return None
    if tokens is None or "".join(text for _kind, text in tokens) != code:
        return None
    return "".join(_spans(tokens))


def _tokens(name: str, code: str) -> list[tuple[str, str]] | None:
    """Return (class, text) pairs, neighbours of one class merged, or None when the time is up."""
    lexer = _lexer(name)  # the first of its kind is imported and built, which does not count
    deadline = time.thread_time() + MAX_SECONDS
    merged: list[tuple[str, str]] = []
    last, pieces = None, []
    for count, (_at, kind, text) in enumerate(lexer.get_tokens_unprocessed(code)):
        if count % _CHECK_EVERY == 0 and time.thread_time() > deadline:
            return None
        short = _short(kind)
        if short != last and pieces:
            merged.append((last, "".join(pieces)))
            pieces = []
        last = short
        pieces.append(text)
    if pieces:
        merged.append((last, "".join(pieces)))
    return merged


@lru_cache(maxsize=512)
def _short(kind: type(Token)) -> str:
    """Return the short class of a token: its own, or its nearest parent's."""
    while kind not in STANDARD_TYPES:
        kind = kind.parent
    return "" if kind is Token or STANDARD_TYPES[kind] == "w" else STANDARD_TYPES[kind]


def _spans(tokens: list[tuple[str, str]]):
    for short, text in tokens:
        safe = escape(text, quote=False)
        yield f'<span class="{short}">{safe}</span>' if short else safe
