"""An export from the form to the downloaded file, in a running server with its own worker."""

import io
import os
import re
import zipfile

from sambung.handler import CHUNK
from tests.live import Tab, sign_in_on, wait_for

PREPARE = """
from pathlib import Path
from chats.files import store
from chats.models import Attachment, Chat
from teams.models import User
from teams.workspace import Workspace
chat = Chat.objects.create(user=User.objects.get(email={email!r}), title="Files")
data = Path({path!r}).read_bytes()
file = store.keep(by=chat.user, workspace=Workspace(chat.user), name="notes.txt", data=data)
Attachment.objects.filter(pk=file.pk).update(chat=chat)
"""


async def test_an_export_is_made_and_downloaded_whole(live, tmp_path):
    cookies = sign_in_on(live)
    ((email,),) = live.sql("SELECT email FROM users ORDER BY created_at DESC LIMIT 1")
    text = os.urandom(2 * CHUNK).hex().encode()
    (tmp_path / "notes.txt").write_bytes(text)
    live.manage(PREPARE.format(email=email, path=str(tmp_path / "notes.txt")))
    async with Tab(live, cookies) as tab:
        status, _, headers = await tab.post("/app/transfers/export/", format="json")
        assert status in {200, 204}
        where = re.search(r"/app/transfers/[-0-9a-f]{36}/", str(headers))[0]
        wait_for(lambda: live.sql("SELECT 1 FROM transfer WHERE status = 'done'"), "the export")
        async with tab.http.get(f"{where}file/") as response:
            assert response.status == 200
            body = await response.read()
            assert response.content_length == len(body)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("notes.txt"))
        assert archive.read(name) == text
