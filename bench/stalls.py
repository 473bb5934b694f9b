"""Case `stalls`: one person holds all they can of what is slow, and what others feel of it.

Each slow act is held at a web process of its own. Meanwhile others open pages at a steady pace, a member of a team
reads a reply that is being written and is removed, and the age of the runs' heartbeats is looked at.
"""

import asyncio
import contextlib
import io
import time
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp

from bench import people
from bench.load import CSRF, TOKEN, Client, Seat, cookies
from bench.meter import percentile
from bench.stand import Stand

PACE, LOOKS = 0.25, 0.5  # seconds between two pages, and between two looks at the heartbeats
REMOVED_AFTER = 2.0  # seconds of the window
PATIENCE = 30.0  # seconds for a page, and for a removed member who still reads
ON_THEIR_WAY = 1.0  # seconds until all that is held has reached the server
MANY, SOME = 40, 20  # uploads; sign-ins and resets
NAMESPACE = "http://schemas.openxmlformats.org"
Figures = dict[str, float]
Act = Callable[[Stand, Client, Seat, str], Awaitable[None]]


# ---- what is slow ---------------------------------------------------------------------------------------
async def uploads(stand: Stand, client: Client, seat: Seat, silent: str) -> None:
    """Upload a small document that takes the reader many seconds, again and again at once."""
    document = large_sheet(40_000, 25)

    async def upload() -> None:
        form = aiohttp.FormData()
        form.add_field("upload", document, filename="figures.xlsx")
        await _post(client, f"{stand.url}/app/files/", form, client.headers(seat))

    await asyncio.gather(*(upload() for _ in range(MANY)))


async def sign_ins(stand: Stand, client: Client, seat: Seat, silent: str) -> None:
    """Begin to sign in at an MCP server that says nothing."""
    server = await asyncio.to_thread(people.mcp_server, stand, seat, f"http://{silent}/mcp")
    url = f"{stand.url}/app/mcp/{server}/sign-in/"
    await asyncio.gather(*(_post(client, url, {}, client.headers(seat)) for _ in range(SOME)))


async def resets(stand: Stand, client: Client, seat: Seat, silent: str) -> None:
    """Ask for new passwords without being signed in, while the mail server says nothing."""
    url, headers = f"{stand.url}/accounts/password/reset/", {"Cookie": cookies(stand.url, ""), "X-CSRFToken": CSRF}
    forms = ({"email": f"nobody{number}@example.org"} for number in range(SOME))
    await asyncio.gather(*(_post(client, url, form, headers | {"Origin": stand.url}) for form in forms))


ACTS: dict[str, Act] = {"uploads": uploads, "sign_ins": sign_ins, "resets": resets}


async def _post(client: Client, url: str, data, headers: dict[str, str]) -> None:
    """Post, and care for no answer: it may refuse, or never come."""
    with contextlib.suppress(aiohttp.ClientError, TimeoutError):
        async with client.http.post(url, data=data, headers=headers) as response:
            await response.read()


def large_sheet(rows: int, columns: int) -> bytes:
    """Return a workbook that is small and has very many cells, empty ones but for a row: so that all are read."""
    package, office = f"{NAMESPACE}/package/2006", f"{NAMESPACE}/officeDocument/2006/relationships"
    main, kinds = f'xmlns="{NAMESPACE}/spreadsheetml/2006/main"', "application/vnd.openxmlformats-officedocument"

    def relation(kind: str, target: str) -> str:
        to = f'<Relationship Id="r1" Type="{office}/{kind}" Target="{target}"/>'
        return f'<Relationships xmlns="{package}/relationships">{to}</Relationships>'

    def kind(part: str, what: str) -> str:
        return f'<Override PartName="/xl/{part}.xml" ContentType="{kinds}.spreadsheetml.{what}+xml"/>'

    first, row = (f"<row>{cell * columns}</row>" for cell in ("<c><v>1</v></c>", "<c/>"))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{kind('workbook', 'sheet.main')}{kind('worksheets/sheet1', 'worksheet')}</Types>",
        "_rels/.rels": relation("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{office}"><sheets><sheet name="Figures" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relation("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{first}{row * (rows - 1)}</sheetData></worksheet>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


@contextlib.asynccontextmanager
async def silence() -> AsyncIterator[str]:
    """A server that takes connections and says nothing; gives its host and port."""
    held: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: held.append(writer), "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in held:
            writer.close()


# ---- what others feel -----------------------------------------------------------------------------------
async def pages(client: Client, seats: list[Seat], seconds: float) -> tuple[list[float], int]:
    """Others open pages at a steady pace, whether or not the last ones have come; gives seconds, and how many failed.

    A page that does not come counts with all the patience that one had.
    """

    async def open_one(number: int) -> tuple[float, bool]:
        seat, begun = seats[number % len(seats)], time.monotonic()
        path = ("/app/chats/", f"/app/chats/{seat.chat}/", "/healthz")[number % 3]
        try:
            async with asyncio.timeout(PATIENCE):
                status, _ = await client.get(seat, path)
        except (aiohttp.ClientError, TimeoutError):
            return PATIENCE, False
        return time.monotonic() - begun, status == 200

    opened = []
    for number in range(int(seconds / PACE)):
        opened.append(asyncio.create_task(open_one(number)))
        await asyncio.sleep(PACE)
    found = await asyncio.gather(*opened)
    return [took for took, _ in found], sum(not came for _, came in found)


async def removal(stand: Stand, seat: Seat, socket: aiohttp.ClientWebSocketResponse) -> float:
    """Remove the member who reads; return the seconds after which something still came to them."""
    await asyncio.sleep(REMOVED_AFTER)
    await asyncio.to_thread(people.remove, stand, seat)
    removed = last = time.monotonic()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            async for message in socket:
                if TOKEN.search(message.data):
                    last = time.monotonic()
    return last - removed


async def beats(stand: Stand, seconds: float) -> float:
    """Return the greatest age in seconds of a running reply's heartbeat."""
    oldest, ends = 0.0, time.monotonic() + seconds
    query = "SELECT extract(epoch FROM max(clock_timestamp() - heartbeat_at)) FROM run WHERE status = 'running'"
    while time.monotonic() < ends:
        ((age,),) = await asyncio.to_thread(stand.sql, query)
        oldest = max(oldest, float(age or 0))
        await asyncio.sleep(LOOKS)
    return oldest


# ---- the case -------------------------------------------------------------------------------------------
async def measure(stand: Stand, model: str, seconds: float) -> Figures:
    """Hold each slow act in turn; the worst of what was felt counts."""
    found: dict[str, Figures] = {}
    async with silence() as silent:
        for name, act in ACTS.items():
            stand.extra = {"EGRESS_ALLOW": silent, "EMAIL_URL": f"smtp://{silent}"}
            await asyncio.to_thread(_begin_anew, stand)
            try:
                found[name] = await _felt(stand, act, model, silent, seconds)
            finally:
                stand.extra = {}
                await asyncio.to_thread(_begin_anew, stand)
    worst = {what: max(figures[what] for figures in found.values()) for what in next(iter(found.values()))}
    each = {f"{name}.{what}": value for name, figures in found.items() for what, value in figures.items()}
    return {f"stalls.{name}": value for name, value in (worst | each).items()}


def _begin_anew(stand: Stand) -> None:
    """Give the web process other settings; what it holds is not waited for."""
    stand.kill_web()
    stand.start_web()


async def _felt(stand: Stand, act: Act, model: str, silent: str, seconds: float) -> Figures:
    one, *others = people.seats(stand, 5, model)
    owner, member = people.team(stand, model)
    async with Client(stand.url, stand.relay_port) as client, client.following(member) as socket:
        await client.send(owner, "Go on.")
        async for message in socket:
            if TOKEN.search(message.data):  # the reply is being written, and read
                break
        holding = asyncio.create_task(act(stand, client, one, silent))
        try:
            await asyncio.sleep(ON_THEIR_WAY)
            felt, removed, oldest = await asyncio.gather(
                pages(client, others, seconds), removal(stand, member, socket), beats(stand, seconds)
            )
        finally:
            holding.cancel()
            await asyncio.wait([holding])
    took, failed = felt
    return {"page": percentile(took, 0.95), "failed": failed, "revoked": removed, "beat": oldest}
