"""Words of passages and of questions: both are read by one rule, so that one finds the other."""

import pytest

from documents.knowledge import words


def finds(question: str, text: str, above: str = "") -> list[str]:
    """The units of the question that the passage has."""
    indexed = words.index(text, above)

    def has(unit: words.Unit) -> bool:
        return any(
            word == form or (unit.goes_on and word.startswith(form)) for word in indexed.words for form in unit.forms
        )

    return [unit.text for unit in words.units(question) if has(unit)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The price of the beans is fixed in dollars.", "en"),
        ("Harga biji kopi itu ditetapkan dalam dolar.", "id"),
        ("Invoice 2026", ""),
        ("豆の値段", ""),
    ],
)
def test_the_language_of_a_passage_is_told_by_its_small_words(text, language):
    assert words.index(text, "").language == language


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("contract", "The contracts are in the drawer.", ["contract"]),
        ("contracts", "A contract is in the drawer of the desk.", ["contracts"]),
        ("kirim", "Barang itu mengirim dan menerima yang lain.", ["kirim"]),
        ("pengiriman", "Pesanan dikirim oleh kami dan bukan oleh mereka.", ["pengiriman"]),
        ("cafe", "The café is at the corner of the street.", ["cafe"]),
        ("東京", "私は東京都に住む", ["東京"]),
        ("茶", "お茶を飲む 茶", ["茶"]),
        ("กาแฟ", "ร้านกาแฟสด", ["กา", "าแ", "แฟ"]),
        ("shippingRate", "getShippingRate reads the weight of the parcel", ["shipping", "rate"]),
        ("getshippingrate", "getShippingRate reads the weight of the parcel", ["getshippingrate"]),
        ("C++", "It is written in C++ and in C.", ["c", "c++"]),
        ("1500000", "It costs 1.500.000 in all.", ["1500000"]),
        ("İSTANBUL", "istanbul is a city", ["istanbul"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_question_finds_a_passage_by_words_in_all_scripts_and_forms(question, text, found):
    assert set(found) <= set(finds(question, text))


def test_title_and_headings_are_found_with_their_passage():
    assert finds("warranty", "It lasts two years.", "Grinders\nWarranty") == ["warranty"]


def test_small_words_are_not_looked_for_unless_there_are_no_others():
    assert [unit.text for unit in words.units("What is the price of it?")] == ["price"]
    assert [unit.text for unit in words.units("Berapa harga untuk itu?")] == ["harga"]
    assert [unit.text for unit in words.units("who are we")] == ["who", "are", "we"]


def test_a_word_is_looked_for_once():
    assert [unit.text for unit in words.units("coffee Coffee COFFEE")] == ["coffee"]


def test_a_long_question_is_bounded():
    assert len(words.units(" ".join(f"word{n}" for n in range(200)))) == words.MOST_UNITS


def test_a_passage_of_hostile_signs_can_be_written():
    indexed = words.index("it's a back\\slash 'quoted' & (a | b) <-> !c :*", "")
    assert "slash" in indexed.words
