"""Finding out where one signs in at a server, and speaking with that place: OAuth 2.1, by our egress alone."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import httpx2
from django.conf import settings
from mcp.client.auth import utils
from mcp.client.auth.exceptions import OAuthRegistrationError, OAuthTokenError
from mcp.client.auth.oauth2 import check_registration_usable
from mcp.shared.auth import OAuthClientMetadata, OAuthMetadata, OAuthToken, ProtectedResourceMetadata
from mcp.shared.auth_utils import check_resource_allowed, resource_url_from_server_url
from pydantic import ValidationError

from agents import keys
from agents.mcp import http_transport
from agents.mcp.connection import Target
from sambung.lib.errors import Refused
from sambung.lib.failures import Failed

SECONDS = 15.0  # for each request
LARGEST = 256 * 1024  # bytes of a document
MOST_ISSUERS, ISSUER_SECONDS = 4, 10.0  # places that are asked of those that a server names, and for how long each


class Unusable(Failed):
    """A sign-in that cannot go on."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person signs in, and for what. `auth_methods`: how a client with a secret may show it there."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    registration_endpoint: str
    resource: str
    scope: str
    tells_issuer: bool  # whether who comes back must say from where
    reads_documents: bool = False  # whether a client may be named by the address of its document
    auth_methods: tuple[str, ...] = ()


def _client() -> httpx2.AsyncClient:
    return http_transport.client(http_transport.Door(LARGEST, seconds=SECONDS))


async def find(target: Target, fits: Callable[[Place], bool]) -> Place:
    """Ask the server where one signs in: the first place that `fits`, else the first that there is. Raises Unusable."""
    async with _client() as client:
        named, scope = await _challenge(client, target.url)
        about = await _resource(client, named, target.url)
        issuers = [str(one) for one in about.authorization_servers[:MOST_ISSUERS]] if about else [None]
        found, problems = [], []
        for issuer in issuers:
            try:
                place = await _at(client, issuer, about, scope, target)
            except Unusable as problem:
                problems.append(problem)
                continue
            if fits(place):
                return place
            found.append(place)
    if not found:
        raise problems[0] if problems else Unusable("mcp_no_sign_in")
    return found[0]


async def _challenge(client: httpx2.AsyncClient, url: str) -> tuple[str | None, str | None]:
    """Return where the server says that more is told of it, and the rights that it asks for."""
    asked = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    accepted = {"Accept": "application/json, text/event-stream"}
    async with client.stream("POST", url, json=asked, headers=accepted) as refusal:
        return utils.extract_resource_metadata_from_www_auth(refusal), utils.extract_scope_from_www_auth(refusal)


async def _at(
    client: httpx2.AsyncClient,
    issuer: str | None,
    about: ProtectedResourceMetadata | None,
    scope: str | None,
    target: Target,
) -> Place:
    """Return where one signs in at one of the places that the server names. Raises Unusable."""
    try:
        async with asyncio.timeout(ISSUER_SECONDS):
            server = await _server(client, issuer, target.url)
    except TimeoutError:
        raise Unusable("mcp_no_sign_in") from None
    return _place(about, server, target, utils.get_client_metadata_scopes(scope, about, server, ["refresh_token"]))


async def _resource(client: httpx2.AsyncClient, named: str | None, url: str) -> ProtectedResourceMetadata | None:
    """Return what the server says of itself: about its own address, or nothing is believed."""
    for place in utils.build_protected_resource_metadata_discovery_urls(named, url):
        about = await utils.handle_protected_resource_response(await _get(client, place))
        if about:
            if not check_resource_allowed(resource_url_from_server_url(url), str(about.resource)):
                raise Unusable("mcp_other_resource")
            return about
    return None


async def _server(client: httpx2.AsyncClient, issuer: str | None, url: str) -> OAuthMetadata:
    for place in utils.build_oauth_authorization_server_metadata_discovery_urls(issuer, url):
        goes_on, server = await utils.handle_auth_metadata_response(await _get(client, place))
        if server:
            if issuer and not is_same_issuer(str(server.issuer), issuer):
                raise Unusable("mcp_other_issuer", said=str(server.issuer)[:200], named=issuer[:200])
            return server
        if not goes_on:
            break
    raise Unusable("mcp_no_sign_in")


async def _get(client: httpx2.AsyncClient, url: str) -> httpx2.Response:
    """Fetch a document from a place that may be asked; one that may not stops everything."""
    _check(url)
    return await client.send(utils.create_oauth_metadata_request(url))


def _place(about: ProtectedResourceMetadata | None, server: OAuthMetadata, target: Target, scope: str | None) -> Place:
    if "S256" not in (server.code_challenge_methods_supported or ()):
        raise Unusable("mcp_no_pkce")
    endpoints = [server.authorization_endpoint, server.token_endpoint, server.registration_endpoint]
    for endpoint in filter(None, endpoints):
        _check(str(endpoint))
    return Place(
        issuer=str(server.issuer),
        authorization_endpoint=str(server.authorization_endpoint),
        token_endpoint=str(server.token_endpoint),
        registration_endpoint=str(server.registration_endpoint or ""),
        resource=str(about.resource) if about else resource_url_from_server_url(target.url),
        scope=scope or "",
        tells_issuer=bool(server.authorization_response_iss_parameter_supported),
        reads_documents=bool(server.client_id_metadata_document_supported),
        auth_methods=tuple(server.token_endpoint_auth_methods_supported or ()),
    )


def is_same_issuer(one: str, other: str) -> bool:
    """Whether two names are of one place: those of an origin may end in a slash, as browsers write it."""
    return utils.issuers_match(one, other)


def _check(url: str) -> None:
    """Raise Unusable for an address that is not asked over https in public, nor allowed by the operator."""
    try:
        keys.checked(url.partition("?")[0])
    except Refused:
        raise Unusable("mcp_sign_in_unsafe", place=_shown(url)) from None


def _shown(url: str) -> str:
    """The address without what may be secret in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}"[:200]


async def register(place: Place, redirect_uri: str) -> dict:
    """Make Sambung known where one signs in; return what it is known as. Raises Unusable."""
    if not place.registration_endpoint:
        raise Unusable("mcp_no_registration")
    wanted = OAuthClientMetadata(
        redirect_uris=[redirect_uri],
        client_name="Sambung",
        client_uri=settings.PUBLIC_URL if settings.IS_HTTPS else None,
        token_endpoint_auth_method="none",  # noqa: S106
        application_type="web",
        scope=place.scope or None,
    )
    try:
        async with _client() as client:
            data = wanted.model_dump(by_alias=True, mode="json", exclude_none=True)
            known = await utils.handle_registration_response(await client.post(place.registration_endpoint, json=data))
        check_registration_usable(known)
    except (OAuthRegistrationError, httpx2.HTTPError, httpx2.StreamError):
        raise Unusable("mcp_no_registration") from None
    kept = {"client_id": known.client_id, "client_secret": known.client_secret or ""}
    return kept | {"method": known.token_endpoint_auth_method or "none"}


async def tokens(endpoint: str, client_info: Mapping, data: Mapping) -> dict:
    """Ask for tokens; return {access_token, refresh_token, expires_in, scope}. Raises Unusable."""
    sent, auth = {**data, "client_id": client_info["client_id"]}, None
    if client_info["method"] == "client_secret_basic":
        auth = httpx2.BasicAuth(*(quote(client_info[name], safe="") for name in ("client_id", "client_secret")))
    elif client_info["method"] == "client_secret_post":
        sent["client_secret"] = client_info["client_secret"]
    _check(endpoint)
    try:
        async with _client() as client:
            answer = await client.post(endpoint, data=sent, auth=auth, headers={"Accept": "application/json"})
            if answer.status_code != 200:
                raise Unusable("mcp_not_signed_in")
            found: OAuthToken = await utils.handle_token_response_scopes(answer)
    except (OAuthTokenError, ValidationError, httpx2.HTTPError, httpx2.StreamError):
        raise Unusable("mcp_not_signed_in") from None
    return {
        "access_token": found.access_token,
        "refresh_token": found.refresh_token or data.get("refresh_token", ""),
        "expires_in": found.expires_in,
        "scope": found.scope or "",
    }
