"""The codes of what fails with tools, toolkits and MCP servers, each with its sentence."""

from django.utils.translation import gettext_noop

from sambung.lib import failures

_TOOLS = {
    "tool_key_lost": gettext_noop("The key to %(service)s cannot be opened any more. Enter it again."),
    "tool_gone": gettext_noop("It is not here any more, rests, or is not for you."),
    "too_many_tools": gettext_noop("A model is given 128 tools at most. Choose fewer."),
    "tool_failed": gettext_noop("The tool failed unexpectedly."),
    "tool_too_slow": gettext_noop("The tool took too long and was stopped."),
    "tool_arguments": gettext_noop("The arguments do not fit the tool: %(problem)s"),
}
_TOOLKITS = {
    "no_time_zone": gettext_noop("There is no time zone %(name)s. They are called like Asia/Jakarta or UTC."),
    "no_time": gettext_noop("%(text)s is no time. Write it like 2026-03-31 or 2026-03-31T14:30."),
    "time_too_far": gettext_noop("That lies outside the years 1 to 9999."),
    "web_off": gettext_noop("This server's admins do not let tools fetch anything."),
    "web_not_listed": gettext_noop("This server's admins do not let tools fetch anything from %(host)s."),
    "web_address_refused": gettext_noop("This server does not connect to that address."),
    "web_no_address": gettext_noop("That is no address that can be fetched."),
    "web_no_answer": gettext_noop("The address could not be fetched: there was no answer that can be read."),
    "web_too_slow": gettext_noop("The address took too long to answer."),
    "web_too_many_hops": gettext_noop("The address leads from one place to the next without end."),
    "web_no_header": gettext_noop("The header %(name)s cannot be sent."),
    "web_status": gettext_noop("The address answered %(status)s."),
    "web_no_page": gettext_noop("What lies there is no page that can be read (%(kind)s)."),
    "web_empty": gettext_noop("The page has no text that can be read."),
    "chart_labels": gettext_noop("This chart takes labels, and as many values in each series."),
    "chart_pairs": gettext_noop("A scatter chart takes pairs of numbers, [x, y], as values."),
    "chart_numbers": gettext_noop("The values must be numbers that can be drawn, up to 10^15."),
    "chart_pie": gettext_noop("A pie takes one series of numbers that are not negative, and not all zero."),
    "code_too_long": gettext_noop("The code ran longer than %(seconds)s seconds and was stopped."),
    "code_too_large": gettext_noop("The result is too large to be shown."),
    "code_no_json": gettext_noop("The code gave a value of the type %(type)s, which is no JSON."),
    "code_crashed": gettext_noop("The code brought its interpreter down."),
    "table_uneven": gettext_noop("Row %(n)s has %(cells)s cells, but there are %(columns)s columns."),
    "no_expression": gettext_noop("This is no arithmetic expression: %(problem)s."),
    "cannot_calculate": gettext_noop("That cannot be worked out: %(problem)s."),
    "search_not_connected": gettext_noop(
        "Web search needs a service: SearXNG, Brave, Exa or Tavily. Connect one first."
    ),
    "search_not_allowed": gettext_noop("%(service)s did not accept the key. Check it on the page of the toolkit."),
    "search_too_often": gettext_noop("%(service)s is asked too often, or its quota is used up. Try again later."),
    "search_no_answer": gettext_noop("%(service)s gave no answer that can be read."),
    "search_no_json": gettext_noop("This SearXNG gives no JSON. Its operator can add json to search.formats."),
}
_SERVERS = {
    "mcp_program_ended": gettext_noop("The MCP server's program has ended."),
    "mcp_answer_too_large": gettext_noop("The MCP server's answer is too large."),
    "mcp_tool_changed": gettext_noop(
        "The MCP server describes this tool differently now. Somebody must look at it before it runs again."
    ),
    "mcp_too_many_in_use": gettext_noop("Too many MCP servers are in use at the moment. Try again shortly."),
    "mcp_no_sign_in": gettext_noop("This server does not tell where to sign in."),
    "mcp_other_resource": gettext_noop("The server names another address as its own. Nothing was sent to it."),
    "mcp_sign_in_unsafe": gettext_noop("The sign-in page that the server names cannot be used: %(place)s."),
    "mcp_no_pkce": gettext_noop("The sign-in of this server lacks the protection (PKCE, S256) that is needed."),
    "mcp_no_registration": gettext_noop(
        "The sign-in of this server does not let Sambung register itself. Whoever may change the server can enter a"
        " client id there, as its makers give one."
    ),
    "mcp_client_unfit": gettext_noop("This cannot be sent as it is. Copy it anew, without more."),
    "mcp_client_asked_again": gettext_noop(
        "The client secret belongs to the old address and is not sent to another one. Enter it again."
    ),
    "mcp_client_elsewhere": gettext_noop(
        "People now sign in for this server at %(place)s, and the client that was entered is of another place. Whoever"
        " may change the server can enter one for this place."
    ),
    "mcp_other_issuer": gettext_noop(
        "The server names %(named)s as the place to sign in, which calls itself %(said)s. They must be the same."
    ),
    "mcp_more_rights": gettext_noop(
        "The MCP server wants a further right for this: %(scope)s. Sign in on its page to give it that."
    ),
    "mcp_further_rights": gettext_noop(
        "The MCP server wants further rights for this. Sign in on its page to give them."
    ),
    "mcp_not_signed_in": gettext_noop("The server did not accept the sign-in. Try again."),
    "mcp_address_refused": gettext_noop(
        "This server does not connect to that address. Its operator can allow that with EGRESS_ALLOW."
    ),
    "mcp_unreachable": gettext_noop("The MCP server cannot be reached."),
    "mcp_connection_broke": gettext_noop("The connection to the MCP server broke."),
    "mcp_answer_unreadable": gettext_noop("The MCP server's answer cannot be read."),
    "mcp_nameless": gettext_noop("It has no name."),
    "mcp_name_long": gettext_noop("Its name is longer than 200 characters."),
    "mcp_schema_large": gettext_noop("The description of its arguments is longer than 50,000 characters."),
    "mcp_tool_twice": gettext_noop("Another tool of this server has the same name."),
    "mcp_tools_too_many": gettext_noop("The server lists more than 200 tools; the others are used."),
    "mcp_schema_too_deep": gettext_noop("Its arguments are described in too many layers."),
    "mcp_schema_too_many_references": gettext_noop("Its arguments are described by too many references."),
    "mcp_schema_elsewhere": gettext_noop("Its arguments are described in another document, which is not fetched."),
    "mcp_schema_no_object": gettext_noop("Its arguments are no object with names."),
    "mcp_schema_nowhere": gettext_noop("Its arguments refer to a description that is not there: %(reference)s"),
    "mcp_schema_unreadable": gettext_noop("The description of its arguments cannot be read."),
    "mcp_server_gone": gettext_noop("This server is no longer here, or not for you any more."),
    "mcp_headers_lost": gettext_noop("The headers of this server cannot be opened any more. Enter them again."),
    "mcp_sign_in_needed": gettext_noop("This server asks who you are. Sign in on its page."),
    "mcp_programs_unreadable": gettext_noop(
        "The operator's file of MCP servers cannot be read. Its path is in MCP_STDIO_SERVERS."
    ),
    "mcp_program_not_offered": gettext_noop("The operator of this server does not offer a program of this name."),
    "mcp_tool_headers": gettext_noop("It asks for headers (x-mcp-header) in a way that is not allowed."),
    "mcp_tools_too_long": gettext_noop(
        "The server describes its tools at too great a length. Those before this one are used."
    ),
    "mcp_list_too_long": gettext_noop("The server lists more than 200 of these. Those before this one are used."),
    "mcp_no_address": gettext_noop("It has no address."),
    "mcp_tool_not_ready": gettext_noop("This tool is switched off, or waits until somebody has looked at it."),
    "mcp_not_looked_at": gettext_noop("Nobody has looked yet at what this server offers."),
    "mcp_server_rests": gettext_noop("This server rests: nobody can use it now."),
    "mcp_tool_off": gettext_noop("It is switched off."),
    "mcp_tool_waits": gettext_noop("It is new or described differently, and waits until somebody has looked at it."),
    "mcp_no_tool_usable": gettext_noop("None of its tools can be used. The server's page says why."),
    "mcp_no_tool_ready": gettext_noop("Its tools are switched off, or wait until somebody has looked at them."),
    "mcp_refused_saying": gettext_noop("The MCP server refused: %(detail)s"),
    "mcp_forbidden": gettext_noop(
        "The MCP server does not allow this (HTTP 403). Check the key or header that you entered for it."
    ),
    "mcp_not_here": gettext_noop("What answers at this address is no MCP server (HTTP %(status)s). Check the address."),
    "mcp_too_often": gettext_noop("The MCP server is asked too often (HTTP 429). Try again shortly."),
    "mcp_too_often_until": gettext_noop(
        "The MCP server is asked too often (HTTP 429). Try again in %(seconds)s seconds."
    ),
    "mcp_down": gettext_noop("The MCP server failed (HTTP %(status)s). Try again shortly."),
    "mcp_down_until": gettext_noop("The MCP server failed (HTTP %(status)s). Try again in %(seconds)s seconds."),
    "mcp_refused": gettext_noop("The MCP server refused the request (HTTP %(status)s)."),
    "mcp_too_slow": gettext_noop("The MCP server did not answer in time. The call was stopped."),
    "mcp_program_not_started": gettext_noop("The MCP server's program cannot be started."),
    "mcp_no_server": gettext_noop("What answers at this address is no MCP server."),
    "mcp_asks": gettext_noop("The MCP server asks for something that is not given here."),
    "mcp_sign_in_stale": gettext_noop(
        "This sign-in is over, or was begun elsewhere. Begin again on the server's page."
    ),
    "mcp_sign_in_nowhere": gettext_noop("There is nowhere to sign in: the server is a program of this machine."),
    "mcp_no_answer_in_time": gettext_noop("The server did not answer in time."),
    "mcp_other_place": gettext_noop("The answer came from another place than the one that was asked."),
    "mcp_no_such_tool": gettext_noop("The server lists no tool of this name that may run."),
    "mcp_name_taken": gettext_noop("Another server here has this name. Choose one that tells them apart."),
    "mcp_name_unfit": gettext_noop("A name has letters, digits and hyphens only."),
    "mcp_header_unfit": gettext_noop("“%(name)s” cannot be sent as a header. Check its name and value."),
    "mcp_headers_asked_again": gettext_noop(
        "The headers belong to the old address and are not sent to another one. Enter them again."
    ),
    "mcp_program_for_admins": gettext_noop("Only admins of this server can use its programs, for everybody."),
    "mcp_sharing_for_admins": gettext_noop("Only agent admins can let everybody use a server. Ask one."),
    "mcp_text_too_long": gettext_noop("This is longer than %(most)s characters."),
    "mcp_paste_no_json": gettext_noop("This is not JSON. Paste the text from { to } as the server's page gives it."),
    "mcp_paste_no_servers": gettext_noop("There are no servers in this text. It reads like {“mcpServers”: {…}}."),
    "mcp_paste_too_much": gettext_noop("This is too much at once."),
    "mcp_paste_program": gettext_noop(
        "This one starts a program, which only the operator of this server can offer. Ask them for it."
    ),
    "mcp_paste_no_address": gettext_noop("This one has no address."),
    "mcp_paste_no_transport": gettext_noop("This one asks for a way of connecting that is not known here."),
    "mcp_paste_headers": gettext_noop("Headers are names with texts."),
    "mcp_paste_literal": gettext_noop(
        "%(place)s stays as it is written: nothing is filled in here. Write the value itself."
    ),
}
failures.register(_TOOLS | _TOOLKITS | _SERVERS)
