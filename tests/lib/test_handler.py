"""Answers that are files: read while they are sent."""

from django.http import FileResponse

from sambung.handler import CHUNK, _read_while_sent


async def test_a_file_is_sent_in_chunks_and_closed_at_its_end(tmp_path):
    path = tmp_path / "export.zip"
    path.write_bytes(bytes(range(256)) * 4096)  # four chunks
    file = path.open("rb")
    response = FileResponse(file, as_attachment=True, filename="export.zip")
    _read_while_sent(response)
    response.close()  # the request has ended, and gives its connection back
    assert not file.closed
    chunks = [chunk async for chunk in response]
    assert [len(chunk) for chunk in chunks] == [CHUNK] * 4
    assert b"".join(chunks) == path.read_bytes()
    assert file.closed
    assert response["Content-Length"] == str(4 * CHUNK)
