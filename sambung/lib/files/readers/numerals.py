"""Numbers of lists: 1, a, A, i, I."""

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def numeral(count: int, form: str) -> str:
    """Return a number in the form `1`, `01`, `a`, `A`, `i` or `I`; what cannot be said so, in digits."""
    if form in {"a", "A"} and count > 0:
        letters = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letters if form == "a" else letters.upper()
    if form in {"i", "I"} and 0 < count < 4000:
        text = ""
        for value, sign in _ROMAN:
            text += sign * (count // value)
            count %= value
        return text if form == "i" else text.upper()
    return f"{count:02}" if form == "01" else str(count)
