"""The forms of MCP servers."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from agents.mcp import clients, config_import, operator_config
from agents.models import McpServer

SPARE = 2  # empty rows for headers
TRANSPORTS = (("streamable-http", _("Streamable HTTP")), ("sse", _("SSE (older servers)")))
PROGRAM = ("stdio", _("A program of this machine"))
_PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class ServerForm(forms.Form):
    """A new server, or changes of `server`. Values of headers are never filled in again.

    `values` gives what `agents.mcp.servers.save` takes.
    """

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        widget=forms.TextInput(attrs=_PLAIN),
        help_text=_("Letters, digits and hyphens. It stands before the names of its tools."),
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=500, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    transport = forms.ChoiceField(label=_("Way of connecting"))
    url = forms.CharField(
        label=_("Address"), required=False, max_length=500, widget=forms.TextInput(attrs=_PLAIN | {"inputmode": "url"})
    )
    command = forms.ChoiceField(
        label=_("Program"),
        required=False,
        help_text=_("As the operator's file names it; what runs stands there alone."),
    )

    client_id = forms.CharField(
        label=_("Client id"), required=False, max_length=clients.LONGEST, widget=forms.TextInput(attrs=_PLAIN)
    )
    client_secret = forms.CharField(
        label=_("Client secret"), required=False, max_length=clients.LONGEST, widget=forms.PasswordInput(attrs=_PLAIN)
    )

    def __init__(self, *args, server: McpServer | None = None, is_instances: bool = False, **kwargs):
        config = server.config if server else {"transport": "streamable-http"}
        shown = {name: getattr(server, name) for name in ("name", "description")} if server else {}
        client = clients.entered(server) if server else {}
        shown["client_id"] = client.get("client_id", "")
        super().__init__(*args, initial=shown | config, **kwargs)
        self.server = server
        if client.get("client_secret"):
            self.fields["client_secret"].widget.attrs["placeholder"] = _("Kept; write to replace it")
        self._known = list(config.get("headers", ())) if server else []
        self._offer_transports(operator_config.names() if is_instances else [])
        for n, name in enumerate([*self._known, *[""] * SPARE]):
            told = _("Kept; write to replace it") if name else ""
            self.fields[f"header_name_{n}"] = forms.CharField(
                label=_("Header"), required=False, max_length=100, initial=name, widget=forms.TextInput(attrs=_PLAIN)
            )
            self.fields[f"header_value_{n}"] = forms.CharField(
                label=_("Value"),
                required=False,
                max_length=4000,
                widget=forms.PasswordInput(attrs=_PLAIN | {"placeholder": told}),
            )

    def _offer_transports(self, programs: list[str]) -> None:
        """Programs are for those who may choose one."""
        self.fields["transport"].choices = [*TRANSPORTS, *([PROGRAM] if programs else [])]
        if programs:
            self.fields["command"].choices = [("", "–"), *((name, name) for name in programs)]
        else:
            del self.fields["command"]

    @property
    def plain(self) -> list:
        """The fields but those of headers and of the sign-in."""
        return [field for field in self if not field.name.startswith(("header_", "client_"))]

    @property
    def of_client(self) -> list:
        """The fields of who Sambung is where one signs in."""
        return [self["client_id"], self["client_secret"]]

    @property
    def has_client(self) -> bool:
        """Whether something stands in them, or is wrong with them."""
        return any(field.value() or field.errors for field in self.of_client)

    @property
    def header_rows(self) -> list[tuple]:
        """The fields of each header: its name and its value."""
        names = [name for name in self.fields if name.startswith("header_name_")]
        return [(self[name], self[name.replace("name", "value")]) for name in names]

    def clean(self) -> dict:
        given = super().clean()
        if given.get("transport") == "stdio":
            if not given.get("command"):
                self.add_error("command", _("Choose a program."))
        elif "transport" in given and not given.get("url"):
            self.add_error("url", _("Write the server's address."))
        return given

    @property
    def values(self) -> dict:
        given = {name: self.cleaned_data.get(name, "") for name in ("name", "description", "transport")}
        place = "command" if given["transport"] == "stdio" else "url"
        client = (self.cleaned_data["client_id"], self.cleaned_data["client_secret"])
        return given | {place: self.cleaned_data[place], "headers": self._headers(), "client": client}

    def _headers(self) -> Mapping[str, str] | None:
        """Names to values, "" for one that stays; None where all stay as they are."""
        rows = range(len(self._known) + SPARE)
        pairs = [(self.cleaned_data[f"header_name_{n}"], self.cleaned_data[f"header_value_{n}"]) for n in rows]
        found = {name: value for name, value in pairs if name}
        is_kept = self.server is not None and list(found) == self._known and not any(found.values())
        return None if is_kept else found


class PasteForm(forms.Form):
    """The usual JSON of servers. `found` is what is in it."""

    text = forms.CharField(
        label=_("JSON"),
        max_length=config_import.LONGEST,
        widget=forms.Textarea(
            attrs=_PLAIN
            | {"rows": 10, "class": "is-code", "placeholder": '{"mcpServers": {"name": {"url": "https://…"}}}'}
        ),
        help_text=_("As the pages of servers give it, from { to }. Nothing in it is run, and nothing is filled in."),
    )
