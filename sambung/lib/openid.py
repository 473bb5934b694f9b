"""What allauth is told of providers with OpenID Connect that the environment names. No Django settings here."""

from collections.abc import Iterable

from django.utils.text import slugify

from sambung.lib import env

NAMELESS = "openid"  # the id of a provider whose name holds no Latin letters


def apps(named: Iterable[tuple[str, str, str, str]], taken: Iterable[str] = ()) -> list[dict]:
    """Return an app for each name, issuer, client id and secret.

    Its id stands in addresses and with people's accounts: the name in lower case, as far as it is written in Latin
    letters. `taken` are ids of other providers. Raises env.EnvError for an id that two would share.
    """
    found, ids = [], set(taken)
    for name, issuer, client_id, secret in named:
        if not issuer.startswith("https://"):  # no signature is checked: TLS vouches for what it says of people
            raise env.EnvError(f"{name} needs an issuer that begins with https://.")
        one = slugify(name) or NAMELESS
        if one in ids:
            raise env.EnvError(f"OIDC_NAME is {name!r}, and {one} is a provider already; give it another name.")
        ids.add(one)
        app = {"name": name, "provider_id": one, "client_id": client_id, "secret": secret}
        found.append(app | {"settings": {"server_url": issuer}})
    return found
