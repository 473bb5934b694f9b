"""Which model says what passages mean: of the instance's keys, of the environment's servers, or the extra one."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from agents.catalog import Reference, embedding
from agents.models import BUNDLED, ApiKey, Provider
from documents.models import EmbeddingSpace
from documents.vectors import spaces

WITHOUT = {Provider.ANTHROPIC}  # providers that have no embedding models


def places() -> list[tuple[str, str]]:
    """Where a model may be asked, as a form's choices: keys by id, servers and the extra one by name."""
    keys = ApiKey.objects.filter(user=None, team=None, is_active=True).exclude(provider__in=WITHOUT)
    servers = [name for name in settings.MODEL_SERVERS if name not in WITHOUT]
    extra = [(BUNDLED, _("On this machine"))] if embedding.extra() else []
    return [*extra, *((str(key.pk), key.label) for key in keys), *((name, Provider(name).label) for name in servers)]


class SpaceForm(forms.ModelForm):
    """A place and the name of a model there."""

    place = forms.ChoiceField(label=_("Place"), help_text=_("A key of the server, or a server of the environment."))

    class Meta:
        model = EmbeddingSpace
        fields = ("place", "model")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = places()
        self.fields["model"].help_text = _(
            "As its provider calls it, such as text-embedding-3-small or nomic-embed-text."
        )

    @property
    def reference(self) -> Reference:
        """What was chosen."""
        place = Reference.parse(f"{self.cleaned_data['place']}:{self.cleaned_data['model']}")
        provider = ApiKey.objects.get(pk=place.api_key).provider if place.api_key else place.provider
        return place._replace(provider=provider)

    def clean(self):
        cleaned = super().clean()
        if not self.errors and (there := spaces.refusal(self.reference)):
            raise forms.ValidationError(there.sentence)
        return cleaned
