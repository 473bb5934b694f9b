"""Names of tools: made of any script, always such as providers take, never empty."""

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.publishing import naming

PK = uuid.UUID("01980000-0000-7000-8000-0000deadbeef")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Get weather", "get_weather"),
        ("  Laporan — harian!  ", "laporan_harian"),
        ("Größe prüfen", "grosse_prufen"),
        ("Проверка счёта", "proverka_scheta"),
        ("Щука", "shchuka"),
        ("Έλεγχος τιμών", "elegchos_timon"),
        ("とうきょう", "toukiyou"),
        ("カタカナ", "katakana"),
        ("주문 확인", "jumun_hwagin"),
        ("Ｆｕｌｌ ｗｉｄｔｈ", "full_width"),
        ("a__b--c", "a_b--c"),
        ("天気予報", "workflow_deadbeef"),
        ("🌧️", "workflow_deadbeef"),
        ("___", "workflow_deadbeef"),
        ("", "workflow_deadbeef"),
    ],
)
def test_a_name_is_suggested(name, said):
    assert naming.suggested(name, PK) == said


@given(st.text(max_size=120))
def test_whatever_it_is_called_the_name_can_be_used(name):
    assert re.fullmatch(r"[a-z0-9_-]{1,64}", naming.suggested(name, PK))


def test_a_long_name_is_cut_between_nothing():
    assert naming.suggested("a" * 63 + " b", PK) == "a" * 63


def test_a_taken_name_gets_a_number():
    assert naming.free("report", {"report", "report_2"}) == "report_3"
    assert len(naming.free("a" * 64, {"a" * 64})) <= naming.LONGEST
    assert naming.free("report", set()) == "report"
