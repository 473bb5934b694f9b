"""A passkey is added, signs in alone and as a second step, and serves where a password would be asked for once more.

With Chromium's virtual authenticator, at the server's name: browsers make no passkeys for bare addresses.
"""

from playwright.sync_api import Page, expect

from tests.browser.chromium import Guard
from tests.factories import PASSWORD
from tests.live import register_on


def plug_in(page: Page) -> None:
    """Give the browser an authenticator that knows its owner and says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_add_a_passkey_and_sign_in_with_it(browser, live):
    register_on(live, PASSWORD, name="Pia Passkey", email="pia@example.org")
    site = live.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(reduced_motion="reduce")
    guard = Guard(host="localhost")
    guard.watch(context)
    page = context.new_page()
    plug_in(page)

    page.goto(f"{site}/accounts/login/?next=/accounts/factors/webauthn/add/")
    page.get_by_label("Email").fill("pia@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm", exact=True).click()
    page.get_by_label("Name").fill("This machine")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()

    page.goto(f"{site}/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto(f"{site}/accounts/login/?next=/accounts/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("1 passkey")).to_be_visible()

    page.goto(f"{site}/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto(f"{site}/accounts/login/?next=/accounts/factors/webauthn/")
    page.get_by_label("Email").fill("pia@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="This machine")).to_be_visible()
    page.goto(f"{site}/accounts/factors/webauthn/reauthenticate/?next=/accounts/export/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("button", name="Download")).to_be_visible()
    context.close()
    assert guard.problems == []
