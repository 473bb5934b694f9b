"""axe over a page as it stands: in light in a wide window, in dark on a phone."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.chromium import DESKTOP, PHONE

LOOKS = (("light", DESKTOP), ("dark", PHONE))
# Colours change at once, not by transitions: those that are inherited would follow one after the other.
AT_ONCE = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, ::before, ::after { transition-property: none !important }");
    document.adoptedStyleSheets.push(sheet);
}"""
# Two frames until the page has its new size.
RUN = """async () => {
    for (let i = 0; i < 2; i += 1) await new Promise(requestAnimationFrame);
    const { violations } = await axe.run({ resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => [id, ...nodes.slice(0, 3).map((node) =>
        `${node.target} ${node.failureSummary}`)].join("; "));
}"""


def assert_clean(page: Page) -> None:
    """Run axe in both looks; fail with what it found."""
    page.evaluate(AXE_SCRIPT)
    page.evaluate(AT_ONCE)
    found = []
    for scheme, size in LOOKS:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size(size)
        found += [f"{scheme} {size['width']}: {violation}" for violation in page.evaluate(RUN)]
    if found:
        pytest.fail("\n".join(found))
