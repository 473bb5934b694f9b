"""The addresses of what people keep, find and share: a part of the table of workspaces."""

from tests.guards.rows import Row, act, form, kept, page

_PROMPT = {"name": "New", "content": "{code}", "category": "general"}
_PROMPTS = {"text": '{"format": "sambung.prompts", "version": 1, "prompts": [{"name": "New", "content": "a"}]}'}
_TAG = {"name": "New", "color": "#5b6fd6"}
_LINK = {"mode": "live", "expires": "never"}
_DOCUMENT = {"title": "New", "kind": "text", "content": "New"}
_COLLECTION = {"name": "New", "visibility": "private"}
DOCUMENTS: dict[str, Row] = {
    "document_list": page(),
    "document_new": Row("200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405", data=_DOCUMENT),
    "document": page("document"),
    "document_edit": form("document", "204", title="New", base="1", content="New"),
    "document_save": act("document", "200", done="200", title="New", base="1", content="New"),
    "document_current": page("document"),
    "document_picture_add": Row("405 400 405 405 405", "405 404 405 405 405", names="document"),  # without a file
    "document_picture": page("document_picture"),
    "document_run": act("document", "200", done="200", content="1", language="python"),
    "document_preview": Row("405 200 405 405 405", "405 200 405 405 405", data=_DOCUMENT),
    "document_rename": form("document", "204", title="Renamed"),
    "document_place": form("document", "204", folder=""),
    "document_export": page("document"),
    "document_share": Row("200 200 405 405 405", "404 404 405 405 405", names="document", data=_LINK),
    "document_unshare": Row("404 404 405 405 405", "404 404 405 405 405", names="document"),  # it has no link
    "document_delete": act("document", "204"),
    "document_review": act("document", "204", act="keep"),
    "document_restore": act("gone_document", "204"),
    "document_versions": page("document"),
    "document_version": page("document_version"),
    "document_version_name": form("document_version", "204", label="Named"),
    "document_version_restore": act("document_version", "204"),
    "document_folder_new": Row(
        "200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405", data={"name": "New"}
    ),
    "document_folder": page("document_folder"),
    "document_folder_rename": form("document_folder", "204", name="Renamed"),
    "document_folder_move": form("document_folder", "204", folder=""),
    "document_folder_delete": form("document_folder", "204"),
    "document_folder_restore": act("gone_document_folder", "204"),
    "document_upload": Row("405 400 405 405 405", "405 400 405 405 405"),  # without a file
    "document_file": page("document_file"),
    "document_state": page("document_file"),
    "document_stop": act("document_file", "204"),
    "document_read_again": act("document_file", "204"),
    "document_address": Row("404 404 405 405 405", "404 404 405 405 405", names="document_file"),  # it has none
    "document_replace": Row("200 422 405 405 405", "404 404 405 405 405", "200 422 405 405 405", "document_file"),
    "document_unlock": Row("404 404 405 405 405", "404 404 405 405 405", names="document_file"),  # it is not locked
    "document_see": Row("404 404 405 405 405", "404 404 405 405 405", names="document_file"),  # no pages, no picture
    "document_page_image": Row("404 405 405 405 405", "404 405 405 405 405", names="document_file"),  # it has no pages
    "document_passage": Row("404 405 405 405 405", "404 405 405 405 405", names="document"),  # without a place in it
    "collection_list": page(),
    "collection_new": Row("200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405", data=_COLLECTION),
    "collection": page("collection"),
    "collection_edit": form("collection", "204", **_COLLECTION),
    "collection_delete": form("collection", "204"),
    "collection_fill": Row(  # nothing is chosen
        "200 422 405 405 405", "404 404 405 405 405", "200 422 405 405 405", "collection"
    ),
    "collection_address": Row(  # none is named
        "200 422 405 405 405", "404 404 405 405 405", "200 422 405 405 405", "collection"
    ),
    "collection_give": Row("200 422 405 405 405", "404 404 405 405 405", "200 422 405 405 405", "collection"),
    "collection_item_remove": act("collection_item", "204"),
    "collection_take_back": act("agent_collection", "204"),
}
LIBRARY: dict[str, Row] = DOCUMENTS | {
    "search": page(),
    "chat_bulk": Row("405 302 405 405 405", "405 302 405 405 405", "405 204 405 405 405", data={"act": "pin"}),
    "chat_collections": form("chat", "204"),
    "chat_place": form("chat", "204", folder=""),
    "chat_document": Row("404 405 405 405 405", "404 405 405 405 405", names="chat"),  # names none
    "chat_documents": Row("200 422 405 405 405", "404 404 405 405 405", names="chat"),  # without a document
    "chat_filed": Row("302 405 405 405 405", "404 405 405 405 405", "200 405 405 405 405", "chat"),
    "chat_tag": act("chat", "200", name="New"),
    "chat_untag": act("chat", "404", done="404"),  # that it does not have
    "chat_archives": form("chat", "204", name="New"),
    "folder_list": Row("302 405 405 405 405", "302 405 405 405 405", "200 405 405 405 405"),
    "folder_new": Row("200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405", data={"name": "New"}),
    "folder": page("folder"),
    "folder_rename": form("folder", "204", name="Renamed"),
    "folder_settings": form("folder", "204", system_prompt="Be brief."),
    "folder_move": form("folder", "204", folder=""),
    "folder_delete": form("folder", "204", content="with"),
    "tag_list": page(),
    "tag_new": Row("200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405", data=_TAG),
    "tag_names": page(),
    "tag_edit": form("tag", "204", **_TAG),
    "tag_delete": form("tag", "204"),
    "archive_list": page(),
    "archive_new": Row("200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405", data={"name": "New"}),
    "archive": kept(page("archive")),
    "archive_edit": kept(form("archive", "204", name="New")),
    "archive_delete": kept(form("archive", "204")),
    "others_delete": Row(  # in a team for its admins
        "200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405", member="404 404 405 405 405"
    ),
    "trash": page(),
    "deleted_restore": Row("405 302 405 405 405", "405 302 405 405 405", "405 204 405 405 405"),
    "deleted_remove": Row("200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405"),
    "deleted_undo": Row("405 404 405 405 405", "405 404 405 405 405"),  # nothing was deleted at that moment
    "prompt_list": page(),
    "prompt_new": Row("200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405", data=_PROMPT),
    "prompt_import": Row("200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405", data=_PROMPTS),
    "prompt_export_all": page(),
    "prompt_entries": page(),
    "prompt_variables": Row("405 200 405 405 405", "405 200 405 405 405", data=_PROMPT),
    "prompt": page("prompt"),
    "prompt_use": Row("200 200 405 405 405", "404 404 405 405 405", names="prompt"),  # the chat that it begins
    "prompt_edit": form("prompt", "204", **_PROMPT),
    "prompt_copy": act("prompt", "204"),
    "prompt_public": kept(act("prompt", "204")),
    "prompt_export": page("prompt"),
    "prompt_delete": act("prompt", "204"),
    "prompt_restore": act("gone_prompt", "204"),
    "prompt_versions": page("prompt"),
    "prompt_version_restore": act("prompt_version", "204"),
    "chat_export": page("chat"),
    "transfer_list": page(),
    "transfer_new": Row("200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405", data={"format": "json"}),
    "transfer_upload": Row("200 422 405 405 405", "200 422 405 405 405"),  # without a file
    "transfer": kept(page("transfer")),
    "transfer_start": kept(act("transfer", "204", which="all")),
    "transfer_stop": kept(act("transfer", "204")),
    "transfer_again": kept(act("failed_transfer", "204")),
    "transfer_delete": kept(act("transfer", "204")),
    "transfer_file": kept(page("done_transfer")),
    "attachment_add": Row("200 400 405 405 405", "200 400 405 405 405"),  # without a file
    "attachment": page("file"),
    "attachment_thumbnail": page("file"),
    "attachment_preview": page("file"),
    "attachment_encoding": Row("405 400 405 405 405", "405 404 405 405 405", names="file"),  # it says its own
    "attachment_remove": kept(act("waiting_file", "200")),
    "chat_share": Row("200 200 405 405 405", "404 404 405 405 405", names="chat", data=_LINK),
    "chat_unshare": Row("404 404 405 405 405", "404 404 405 405 405", names="chat"),  # it has no link
    "link_list": page(),
    "links_revoke": Row("200 302 405 405 405", "200 302 405 405 405", "200 204 405 405 405"),
}
