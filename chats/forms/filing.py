"""What people type and choose when they file chats: folders, tags, archives, and which chats they mean."""

from django import forms
from django.db.models import F, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents import catalog
from agents.catalog import Reference
from chats.filing import archives, tags
from chats.models import Archive, Chat, Folder, Tag
from teams.folders import FolderRow
from teams.forms.groups import retention_field
from teams.workspace import Workspace


class FolderSettingsForm(forms.Form):
    """What chats in a folder begin with."""

    system_prompt = forms.CharField(
        label=_("System prompt"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What the model is told first in each chat of this folder, before the chat's own system prompt."),
    )
    model = forms.ChoiceField(label=_("Model of new chats"), required=False)
    retention_days = retention_field()

    def __init__(self, *args, workspace: Workspace, folder: Folder, **kwargs):
        stored = folder.settings.get("model")
        initial = {
            "system_prompt": folder.settings.get("system_prompt", ""),
            "model": Reference.of(stored).value if stored else "",
            "retention_days": folder.retention_days,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self._workspace = workspace
        offered = catalog.choices(catalog.offered(workspace))
        self.fields["model"].choices = [("", gettext("The usual one, or that of the folder above")), *offered]

    def clean_model(self) -> Reference | None:
        value = self.cleaned_data["model"]
        found = catalog.parse(value, self._workspace) if value else None
        return found and found.reference


class DeleteFolderForm(forms.Form):
    """What becomes of what lies in a folder that is deleted."""

    content = forms.ChoiceField(
        label=_("What lies in it"),
        choices=(("up", _("Moves up to where the folder lies")), ("with", _("Is deleted with it"))),
        initial="up",
        widget=forms.RadioSelect,
    )


_COLORS = (_("Indigo"), _("Brown"), _("Green"), _("Red"), _("Blue"), _("Pink"), _("Olive"), _("Gray"))


class TagForm(forms.Form):
    """A tag's name and colour."""

    name = forms.CharField(label=_("Name"), max_length=50, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    color = forms.ChoiceField(
        label=_("Color"), choices=tuple(zip(tags.COLORS, _COLORS, strict=True)), widget=forms.RadioSelect
    )


class TagNameForm(forms.Form):
    """The name of a tag that chats get, known or new."""

    name = forms.CharField(
        label=_("Tag"), max_length=50, widget=forms.TextInput(attrs={"list": "tag-names", "autocomplete": "off"})
    )


class TagChoiceForm(forms.Form):
    """One of the tags."""

    tag = forms.ModelChoiceField(label=_("Tag"), queryset=None, empty_label=None, widget=forms.RadioSelect)

    def __init__(self, *args, found: QuerySet[Tag], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tag"].queryset = found


class ArchiveForm(forms.ModelForm):
    """An archive's name, and what it is for."""

    class Meta:
        model = Archive
        fields = ("name", "description")
        widgets = {"description": forms.Textarea(attrs={"rows": 2})}


class ArchiveChoiceForm(forms.Form):
    """One of a person's archives, or the name of a new one."""

    archive = forms.ModelChoiceField(label=_("Archive"), queryset=None, required=False, widget=forms.RadioSelect)
    name = forms.CharField(label=_("New archive"), required=False, max_length=100)

    def __init__(self, *args, found: QuerySet[Archive], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["archive"].queryset = found
        self.fields["archive"].empty_label = gettext("A new one")

    def clean(self) -> dict:
        given = super().clean()
        if not given.get("archive") and not given.get("name"):
            self.add_error("name", gettext("Choose an archive, or name a new one."))
        return given


class ArchivesForm(forms.Form):
    """The archives that a chat lies in, and the name of a new one."""

    archives = forms.ModelMultipleChoiceField(
        label=_("Archives"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    name = forms.CharField(label=_("New archive"), required=False, max_length=100)

    def __init__(self, *args, found: QuerySet[Archive], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["archives"].queryset = found
        if not found:
            del self.fields["archives"]


class ChatsForm(forms.Form):
    """Which of the listed chats are meant: by folder, tag, archive, or how they are. Empty fields mean all."""

    folder = forms.ChoiceField(label=_("Folder"), required=False)
    tag = forms.ChoiceField(label=_("Tag"), required=False)
    archive = forms.ChoiceField(label=_("Archive"), required=False)
    are = forms.ChoiceField(
        label=_("Only"),
        required=False,
        choices=(("", _("All")), ("pinned", _("Pinned")), ("going", _("Soon deleted"))),
    )

    def __init__(self, *args, folders: list[FolderRow], found_tags: QuerySet[Tag], archives: QuerySet[Archive], **kw):
        super().__init__(*args, **kw)
        self.folders = folders
        rows = [(str(row.id), f"{row.path}{row.name}") for row in folders]
        named = {"tag": found_tags.values_list("pk", "name"), "archive": archives.values_list("pk", "name")}
        named = {"folder": rows} | {name: [(str(pk), label) for pk, label in found] for name, found in named.items()}
        labels = {"folder": gettext("Any folder"), "tag": gettext("Any tag"), "archive": gettext("Any archive")}
        for name, choices in named.items():
            self.fields[name].choices = [("", labels[name]), ("none", gettext("None")), *choices]

    def among(self, chats: QuerySet[Chat]) -> QuerySet[Chat]:
        """Those of the chats that are meant."""
        asked = self.cleaned_data
        if folder := asked["folder"]:
            chats = chats.filter(folder=None if folder == "none" else folder)
        if tag := asked["tag"]:
            chats = chats.filter(chat_tags=None) if tag == "none" else chats.filter(chat_tags__tag=tag)
        if archive := asked["archive"]:
            chats = archives.in_none(chats) if archive == "none" else chats.filter(archive_items__archive=archive)
        if asked["are"] == "pinned":
            chats = chats.filter(is_pinned=True)
        if asked["are"] == "going":
            chats = chats.filter(warned_at__gte=F("updated_at"))
        return chats
