"""Lists of addresses as people type them and as mail programs copy them."""

import pytest

from sambung.lib.addresses import listed

BUDI, ANA = "budi@example.org", "ana@example.org"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # typed
        (f"{BUDI} {ANA}", [BUDI, ANA]),
        (f"{BUDI},{ANA};cem@example.org\n\tdee@example.org", [BUDI, ANA, "cem@example.org", "dee@example.org"]),
        (" Budi@Example.org, BUDI@example.org ", [BUDI]),
        (f"{BUDI}.", [BUDI]),
        (" ,;\n", []),
        # in other scripts
        (f"{BUDI}、{ANA}", [BUDI, ANA]),
        (f"{BUDI}，{ANA}；cem＠example.org", [BUDI, ANA, "cem@example.org"]),
        (f"{BUDI}،{ANA}؛cem@example.org", [BUDI, ANA, "cem@example.org"]),
        (f"\u200e{BUDI}\u202c\u00a0\ufeff{ANA}", [BUDI, ANA]),
        ("budi@例え.テスト", ["budi@例え.テスト"]),
        # copied
        (f'Budi Santoso <{BUDI}>; "Lee, Ana" <{ANA}>', [BUDI, ANA]),
        (f"Lee, Ana <{ANA}>, Santoso, Budi <{BUDI}>", [ANA, BUDI]),
        (f"Budi <{BUDI}> Ana <{ANA}>", [BUDI, ANA]),
        (f"'{BUDI}' <{BUDI}>", [BUDI]),
        (f"<{BUDI}>,<{ANA}>", [BUDI, ANA]),
        (f'"Lee; \\"A\\", Ana" <{ANA}>', [ANA]),
        (f"{BUDI} (Budi Santoso, at work)", [BUDI]),
        (f"Ana (work, home) <{ANA}>", [ANA]),
        (f"Büdi <{BUDI}>\n公司 <{ANA}>", [BUDI, ANA]),
        (f"Ana @ Work <{ANA}>", [ANA]),
        (f"mailto:{BUDI}", [BUDI]),
        (f"<mailto:{BUDI}?subject=Hello%20there>", [BUDI]),
        ("mailto:budi%40example.org", [BUDI]),
        # with mistakes, which stay to be named
        (f"{BUDI} nonsense, also@bad", [BUDI, "nonsense", "also@bad"]),
        ("nonsense, more\n" + BUDI, ["nonsense", "more", BUDI]),
        (f"Budi {BUDI}", ["budi", BUDI]),
        (f"cem@example.org <{ANA}>", ["cem@example.org", ANA]),
        (f'"Lee, Ana <{ANA}>, {BUDI}', [ANA, BUDI]),
        (f"(Ana <{ANA}>", [ANA]),
        (f"nobody <>, {BUDI}", ["nobody", BUDI]),
        ("a <b", ["a", "b"]),
    ],
)
def test_lists(text, found):
    assert listed(text) == found
