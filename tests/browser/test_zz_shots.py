"""Screenshots, not kept."""
import pytest
from tests.browser.test_nodes import Drawn, drawn
from tests.workflows.forms import samples
KINDS = ["llm","http","condition","approval","input","tool","code"]
def test_shoot(drawn):
    page=None
    for kind in KINDS:
        page=drawn.open({"input":"Input"}.get(kind,f"The {kind}"))
        page.wait_for_timeout(300)
        for scheme,w in (("light",1440),("dark",390)):
            page.emulate_media(color_scheme=scheme); page.set_viewport_size({"width":w,"height":1100})
            page.wait_for_timeout(200)
            h=page.evaluate("document.querySelector('.scroller').scrollHeight+60")
            page.set_viewport_size({"width":w,"height":min(h,2600)})
            page.wait_for_timeout(150)
            page.screenshot(path=f"/tmp/w/shots_{kind}_{w}.png")
