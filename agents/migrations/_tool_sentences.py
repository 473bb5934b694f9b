"""Why tools and MCP servers could not be used, as it was kept before codes: as sentences. For migrations; never changed."""

import re

from agents.migrations import _sentences

#: Code -> the English sentence, as it was when rows came to hold codes.
SENTENCES = {
    "web_off": "This server's admins do not let tools fetch anything.",
    "search_not_connected": "Web search needs a service: SearXNG, Brave, Exa or Tavily. Connect one first.",
    "tool_gone": "It is not here any more, rests, or is not for you.",
    "too_many_tools": "A model is given 128 tools at most. Choose fewer.",
    "mcp_program_ended": "The MCP server's program has ended.",
    "mcp_answer_too_large": "The MCP server's answer is too large.",
    "mcp_tool_changed": (
        "The MCP server describes this tool differently now. Somebody must look at it before it runs again."
    ),
    "mcp_too_many_in_use": "Too many MCP servers are in use at the moment. Try again shortly.",
    "mcp_no_sign_in": "This server does not tell where to sign in.",
    "mcp_other_resource": "The server names another address as its own. Nothing was sent to it.",
    "mcp_sign_in_unsafe": "The sign-in page that the server names cannot be used: %(place)s.",
    "mcp_no_pkce": "The sign-in of this server lacks the protection (PKCE, S256) that is needed.",
    "mcp_no_registration": "The sign-in of this server does not let Sambung register itself.",
    "mcp_not_signed_in": "The server did not accept the sign-in. Try again.",
    "mcp_address_refused": (
        "This server does not connect to that address. Its operator can allow that with EGRESS_ALLOW."
    ),
    "mcp_unreachable": "The MCP server cannot be reached.",
    "mcp_connection_broke": "The connection to the MCP server broke.",
    "mcp_answer_unreadable": "The MCP server's answer cannot be read.",
    "mcp_nameless": "It has no name.",
    "mcp_name_long": "Its name is longer than 200 characters.",
    "mcp_schema_large": "The description of its arguments is longer than 50,000 characters.",
    "mcp_tool_twice": "Another tool of this server has the same name.",
    "mcp_tools_too_many": "The server lists more than 200 tools; the others are used.",
    "mcp_schema_too_deep": "Its arguments are described in too many layers.",
    "mcp_schema_too_many_references": "Its arguments are described by too many references.",
    "mcp_schema_elsewhere": "Its arguments are described in another document, which is not fetched.",
    "mcp_schema_no_object": "Its arguments are no object with names.",
    "mcp_schema_nowhere": "Its arguments refer to a description that is not there: %(reference)s",
    "mcp_schema_unreadable": "The description of its arguments cannot be read.",
    "mcp_server_gone": "This server is no longer here, or not for you any more.",
    "mcp_headers_lost": "The headers of this server cannot be opened any more. Enter them again.",
    "mcp_sign_in_needed": "This server asks who you are. Sign in on its page.",
    "mcp_programs_unreadable": "The operator's file of MCP servers cannot be read. Its path is in MCP_STDIO_SERVERS.",
    "mcp_program_not_offered": "The operator of this server does not offer a program of this name.",
    "mcp_tool_headers": "It asks for headers (x-mcp-header) in a way that is not allowed.",
    "mcp_tools_too_long": "The server describes its tools at too great a length. Those before this one are used.",
    "mcp_list_too_long": "The server lists more than 200 of these. Those before this one are used.",
    "mcp_no_address": "It has no address.",
    "mcp_tool_not_ready": "This tool is switched off, or waits until somebody has looked at it.",
    "mcp_not_looked_at": "Nobody has looked yet at what this server offers.",
    "mcp_server_rests": "This server rests: nobody can use it now.",
    "mcp_tool_off": "It is switched off.",
    "mcp_tool_waits": "It is new or described differently, and waits until somebody has looked at it.",
    "mcp_no_tool_usable": "None of its tools can be used. The server's page says why.",
    "mcp_no_tool_ready": "Its tools are switched off, or wait until somebody has looked at them.",
    "mcp_refused_saying": "The MCP server refused: %(detail)s",
    "mcp_forbidden": "The MCP server does not allow this (HTTP 403). Check the key or header that you entered for it.",
    "mcp_not_here": "What answers at this address is no MCP server (HTTP %(status)s). Check the address.",
    "mcp_too_often": "The MCP server is asked too often (HTTP 429). Try again shortly.",
    "mcp_too_often_until": "The MCP server is asked too often (HTTP 429). Try again in %(seconds)s seconds.",
    "mcp_down": "The MCP server failed (HTTP %(status)s). Try again shortly.",
    "mcp_down_until": "The MCP server failed (HTTP %(status)s). Try again in %(seconds)s seconds.",
    "mcp_refused": "The MCP server refused the request (HTTP %(status)s).",
    "mcp_too_slow": "The MCP server did not answer in time. The call was stopped.",
    "mcp_program_not_started": "The MCP server's program cannot be started.",
    "mcp_no_server": "What answers at this address is no MCP server.",
    "mcp_asks": "The MCP server asks for something that is not given here.",
    "mcp_no_answer_in_time": "The server did not answer in time.",
}
#: Those that were kept in the language of whoever asked.
IN_INDONESIAN = {
    "web_off": "Admin server ini tidak mengizinkan alat mengambil apa pun.",
    "search_not_connected": "Pencarian web memerlukan layanan: SearXNG, Brave, Exa, atau Tavily. Hubungkan satu dahulu.",
}
NUMBERS = ("status", "seconds")
_PLACE = re.compile(r"%\\\((\w+)\\\)s")  # `%(name)s` after re.escape


def read(sentence: str) -> dict:
    """Return {code, params} of a sentence; one that nobody knows is kept whole, as the server's own."""
    for code, pattern in _PATTERNS:
        if found := pattern.fullmatch(sentence):
            params = {name: int(said) if name in NUMBERS else said for name, said in found.groupdict().items()}
            return {"code": code, "params": params}
    code, params = _sentences.read(sentence)
    return {"code": code, "params": params}


def written(failure: dict) -> str:
    """The way back."""
    code, params = failure["code"], failure["params"]
    return SENTENCES[code] % params if code in SENTENCES else _sentences.written(code, params)


def _pattern(sentence: str) -> re.Pattern[str]:
    def place(found: re.Match) -> str:
        inside = r"\d+" if found[1] in NUMBERS else ".+"
        return f"(?P<{found[1]}>{inside})"

    return re.compile(_PLACE.sub(place, re.escape(sentence)), re.DOTALL)


_ALL = [*SENTENCES.items(), *IN_INDONESIAN.items()]
_PATTERNS = [(code, _pattern(sentence)) for code, sentence in _ALL]
