"""The people and chats of the loads, made in a shell over the stand's data."""

import json
from dataclasses import replace

from bench.load import Seat
from bench.stand import Stand

PROVIDER = "openai_compatible"

# Each person has one chat with a finished exchange and a title, so that a send costs what a send costs.
_SEATS = """
import json, uuid
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
from chats.models import Chat, Message
try:
    from chats.messages.content import write
except ImportError:  # an older build, with --against
    from chats.writing import write
from teams.models import User
count, provider, model = json.loads({arguments!r})
made = [User(email=f"{{uuid.uuid4().hex}}@example.org", name="Bench Person", password="!") for _ in range(count)]
User.objects.bulk_create(made)
common = {{"title": "Stored chat", "provider": provider, "model": model, "metadata": {{"title_by": "model"}}}}
chats = [Chat(user=user, **common) for user in made]
Chat.objects.bulk_create(chats)
def message(chat, parent, role, text):
    made = Message(chat=chat, parent=parent, role=role, user=chat.user if role == "user" else None)
    return write(made, [{{"type": "text", "text": text}}])
asked = [message(chat, None, "user", "What is a relay?") for chat in chats]
answers = [message(chat, q, "assistant", "A relay **passes on** what it gets.\\n\\n1. As it is.\\n2. At once.")
           for chat, q in zip(chats, asked)]
Message.objects.bulk_create(asked)
Message.objects.bulk_create(answers)
for chat, answer in zip(chats, answers):
    chat.current_message = answer
Chat.objects.bulk_update(chats, ["current_message"], batch_size=200)
seats = []
for user, chat in zip(made, chats):
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    seats.append([session.session_key, str(chat.pk)])
print(json.dumps(seats))
"""

# Version 4 ids, since the database makes them. Of 5,000 words the first are the most frequent, as in a language; `kopi`
# is in every second message, `zanzibar` in one of ten thousand, the phrase in one of 500.
_ARCHIVE = """
WITH owner AS (SELECT user_id FROM chats WHERE id = '{chat}'), made AS (
    INSERT INTO chats (id, user_id, title, provider, model, updated_at, created_at)
    SELECT gen_random_uuid(), user_id, 'Chat number ' || n, '{provider}', '{model}',
           now() - n * interval '7 minutes', now() - n * interval '7 minutes'
    FROM owner, generate_series(1, {chats}) AS n RETURNING id, updated_at
), words AS MATERIALIZED (
    SELECT array_agg('word' || translate(n::text, '0123456789', 'aeioukstnr') ORDER BY n) AS known
    FROM generate_series(1, 5000) AS n
), texts AS (
    SELECT made.id, updated_at, n, (
        SELECT string_agg(known[1 + floor(5000 * power(random(), 4) + i * 0)::int], ' ')
        FROM generate_series(1, 60) AS i
    ) || CASE WHEN random() < 0.5 THEN ' kopi' ELSE '' END || CASE WHEN random() < 0.0001 THEN ' zanzibar' ELSE '' END
      || CASE WHEN random() < 0.002 THEN ' The roasting schedule of getUserName in chats/views.py.' ELSE '' END AS said
    FROM words, made, generate_series(1, {messages}) AS n
)
INSERT INTO messages (id, chat_id, role, parts, content, html, html_version, created_at)
SELECT gen_random_uuid(), id, CASE WHEN n % 2 = 1 THEN 'user' ELSE 'assistant' END,
       jsonb_build_array(jsonb_build_object('type', 'text', 'text', said)), said,
       '<div class="part part-text" data-part="0"><p>' || said || '</p></div>', {version},
       updated_at + n * interval '1 second'
FROM texts
"""
_LONG = """
INSERT INTO messages (id, chat_id, parent_id, role, parts, content, html, html_version, created_at)
SELECT md5('{chat}' || n)::uuid, '{chat}', CASE WHEN n > 1 THEN md5('{chat}' || n - 1)::uuid END,
       CASE WHEN n % 2 = 1 THEN 'user' ELSE 'assistant' END,
       '[{{"type": "text", "text": "Some words of a message."}}]', 'Some words of a message.',
       '<div class="part part-text" data-part="0"><p>Some words of a message.</p></div>', {version},
       now() - ({messages} - n) * interval '1 second'
FROM generate_series(1, {messages}) AS n
"""
#: The words of what was inserted past the application; builds from before that have the database make them.
_WORDS = """
try:
    from chats.search import filling
except ImportError:
    filling = None
while filling and filling.fill_batch():
    pass
"""
_SHOW = "UPDATE chats SET current_message_id = md5('{chat}' || {messages})::uuid WHERE id = '{chat}'"

_TOOLS = """
import json
from agents.mcp import listing
from agents.models import McpServer
from chats.models import Chat
bare, bound, count = json.loads({arguments!r})
about = {{"type": "string", "description": "One of the things to know."}}
names = ("query", "place", "unit", "since")
schema = {{"type": "object", "required": ["query"], "properties": dict.fromkeys(names, about)}}
entries = [listing.entry(f"tool-{{n}}", "", "Does one of many useful things. " * 5, schema, {{}}) for n in range(count)]
server = McpServer.objects.create(name="bench", config={{"transport": "sse", "url": "https://mcp.example.org/sse"}},
    last_status="ok", tool_cache=[listing.approved({{"is_enabled": True, **entry}}) for entry in entries])
Chat.objects.filter(pk__in=bare).update(settings={{"tool_choice": "none"}})
Chat.objects.filter(pk__in=bound).update(settings={{"tool_choice": "auto", "tools": [f"mcp:{{server.pk}}"]}})
print(server.pk)
"""
# A team whose only chat both are in; the second one can be removed.
_TEAM = """
import json, uuid
from chats.models import Chat
from teams.models import Team, TeamMember, TeamRole
owner, member = [Chat.objects.get(pk=pk) for pk in json.loads({arguments!r})]
team = Team.objects.create(name="Bench", slug=f"bench-{{uuid.uuid4().hex[:8]}}", created_by=owner.user)
TeamMember.objects.create(team=team, user=owner.user, role=TeamRole.ADMIN)
TeamMember.objects.create(team=team, user=member.user)
chat = Chat.objects.create(user=owner.user, team=team, title="Stored chat", provider=owner.provider, model=owner.model)
print(json.dumps([team.slug, str(chat.pk)]))
"""
_REMOVE = "DELETE FROM team_members WHERE user_id = (SELECT user_id FROM chats WHERE id = %s)"

_MCP_SERVER = """
import json
from agents.models import McpServer
from chats.models import Chat
chat, url = json.loads({arguments!r})
user = Chat.objects.get(pk=chat).user
print(McpServer.objects.create(user=user, name="silent", config={{"transport": "streamable-http", "url": url}}).pk)
"""
_NO_TOOLS = "from agents.models import McpServer; McpServer.objects.filter(name='bench').delete()"


def bind_tools(stand: Stand, bare: list[Seat], bound: list[Seat], count: int) -> None:
    """Have the chats of `bound` use an MCP server of so many tools, and those of `bare` no tools."""
    chats = [[seat.chat for seat in some] for some in (bare, bound)]
    stand.shell(_TOOLS.format(arguments=json.dumps([*chats, count])))


def unbind_tools(stand: Stand) -> None:
    """Take that server away again."""
    stand.shell(_NO_TOOLS)


def seats(stand: Stand, count: int, model: str) -> list[Seat]:
    """Make `count` signed-in people, each with a chat of two messages that `model` answers."""
    code = _SEATS.format(arguments=json.dumps([count, PROVIDER, model]))
    return [Seat(*row) for row in json.loads(stand.shell(code))]


def team(stand: Stand, model: str) -> tuple[Seat, Seat]:
    """Make a team; return its admin and a member of it, both at its chat."""
    owner, member = seats(stand, 2, model)
    slug, chat = json.loads(stand.shell(_TEAM.format(arguments=json.dumps([owner.chat, member.chat]))))
    there = {"chat": chat, "place": f"/team/{slug}"}
    return replace(owner, **there), replace(member, **there, own_chat=member.chat)


def remove(stand: Stand, seat: Seat) -> None:
    """Take the person of `seat` out of all teams."""
    stand.sql(_REMOVE, seat.own_chat)


def mcp_server(stand: Stand, seat: Seat, url: str) -> str:
    """Give the person an MCP server; return its id."""
    return stand.shell(_MCP_SERVER.format(arguments=json.dumps([seat.chat, url]))).strip()


def archive(stand: Stand, seat: Seat, chats: int, messages: int, model: str) -> None:
    """Give the person of `seat` many chats of so many messages."""
    names = {"chat": seat.chat, "provider": PROVIDER, "model": model, "version": _version(stand)}
    stand.sql(_ARCHIVE.format(**names, chats=chats, messages=messages))
    _settle(stand)


def lengthen(stand: Stand, seat: Seat, messages: int) -> None:
    """Have the chat of `seat` show a branch of so many messages."""
    names = {"chat": seat.chat, "messages": messages, "version": _version(stand)}
    stand.sql(_LONG.format(**names))
    stand.sql(_SHOW.format(**names))
    _settle(stand)


def _settle(stand: Stand) -> None:
    """Leave the messages as the application does: each with its words, each row written once."""
    stand.shell(_WORDS)
    stand.sql("VACUUM FULL messages")
    stand.sql("VACUUM FULL chats")
    stand.sql("VACUUM ANALYZE")


def _version(stand: Stand) -> int:
    return stand.sql("SELECT max(html_version) FROM messages")[0][0]
