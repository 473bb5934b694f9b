"""Languages of code: what people call them, and how their files end, by what highlighting calls them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    label: str
    ending: str = "txt"


#: Languages that a sandboxed frame draws.
DRAWN = ("html", "svg", "mermaid")
LANGUAGES = {
    "bash": Language("Bash", "sh"),
    "c": Language("C", "c"),
    "cpp": Language("C++", "cpp"),
    "csharp": Language("C#", "cs"),
    "css": Language("CSS", "css"),
    "dart": Language("Dart", "dart"),
    "docker": Language("Dockerfile"),
    "go": Language("Go", "go"),
    "html": Language("HTML", "html"),
    "ini": Language("INI", "ini"),
    "java": Language("Java", "java"),
    "javascript": Language("JavaScript", "js"),
    "json": Language("JSON", "json"),
    "kotlin": Language("Kotlin", "kt"),
    "latex": Language("LaTeX", "tex"),
    "lua": Language("Lua", "lua"),
    "make": Language("Makefile"),
    "mermaid": Language("Mermaid", "mmd"),
    "perl": Language("Perl", "pl"),
    "php": Language("PHP", "php"),
    "powershell": Language("PowerShell", "ps1"),
    "python": Language("Python", "py"),
    "ruby": Language("Ruby", "rb"),
    "rust": Language("Rust", "rs"),
    "sql": Language("SQL", "sql"),
    "svg": Language("SVG", "svg"),
    "swift": Language("Swift", "swift"),
    "toml": Language("TOML", "toml"),
    "typescript": Language("TypeScript", "ts"),
    "xml": Language("XML", "xml"),
    "yaml": Language("YAML", "yaml"),
}
