"""Addresses as services give them for copying, as the address under which a protocol's paths lie."""

import re
from urllib.parse import unquote, urlsplit

#: Azure's resources. Its older addresses name a deployment and a version of the API; the one that speaks OpenAI's
#: protocol ends in /openai/v1. Source: https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle.
_AZURE = re.compile(r"\.(openai\.azure\.com|cognitiveservices\.azure\.com|services\.ai\.azure\.com)$")
_DEPLOYMENT = re.compile(r"^/openai/deployments/([^/]+)")
#: What is asked under an address, and may have been copied with it.
_ASKED = re.compile(r"/(chat/completions|completions|responses|models|embeddings)/?$")


def base_address(address: str) -> tuple[str, str]:
    """Return an address that people copied as one under which OpenAI's paths lie, and the model that it names, "" for
    none. What is no address, or needs no change, stays as it is.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return address, ""
    if parts.username is None and _AZURE.search(host) and not re.match(r"/(openai/v1|models)/?$", parts.path):
        named = _DEPLOYMENT.match(parts.path)
        return f"{parts.scheme}://{parts.netloc}/openai/v1", unquote(named[1]) if named else ""
    if parts.query or parts.fragment or _AZURE.search(host):
        return address, ""
    return _ASKED.sub("", address), ""
