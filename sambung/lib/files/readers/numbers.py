"""Numbers as a workbook shows them: 15 % and not .15, 2026-03-01 and not 46082, Rp 1,500,000, ids to the last digit."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation, localcontext

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_datetime, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

_DIGITS = 15  # that a workbook keeps of a number
_PLAIN = range(-12, 22)  # exponents of numbers that are written out
_SECTION = re.compile(r'((?:[^;"\\]|\\.|"[^"]*")*)(?:;|$)')
_COLOURS = re.compile(r"\[(?:[A-Za-z]+\d*|[<>=][^\]]*)\]")
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_PADDING = re.compile(r"[_*].")
_NUMBER = re.compile(r"[#0?][#0?,]*(?:\.[#0?]+)?")


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats of a workbook by the number that a cell's style has."""

    codes: tuple[str, ...] = ()
    epoch: datetime = WINDOWS_EPOCH

    @classmethod
    def of(cls, styles: etree._Element | None, *, since_1904: bool = False) -> "Formats":
        """The formats that a workbook's styles name; `since_1904`: its days count from there, as on older Macs."""
        epoch = MAC_EPOCH if since_1904 else WINDOWS_EPOCH
        if styles is None:
            return cls(epoch=epoch)
        own = {one.get("numFmtId"): one.get("formatCode", "") for one in styles.iter("{*}numFmt")}
        used = styles.find("{*}cellXfs")
        numbers = [one.get("numFmtId", "0") for one in (() if used is None else used)]
        return cls(tuple(own.get(n) or BUILTIN_FORMATS.get(int(n), "General") for n in numbers), epoch)

    def shown(self, value: str, style: str | None) -> str:
        """Return a number as the sheet shows it, dates as ISO 8601; `value` itself where it is no number."""
        at = int(style or 0)
        code = self.codes[at] if at < len(self.codes) else "General"
        try:
            number = Decimal(value)
        except InvalidOperation:
            return value
        if is_date_format(code) and (moment := self._moment(number, code)):
            return moment
        return formatted(number, code)

    def _moment(self, number: Decimal, code: str) -> str:
        """A date, a time or a span, "" where the number is none of any calendar."""
        is_span = is_timedelta_format(code)
        try:
            found = from_excel(float(number), self.epoch, timedelta=is_span)
        except (ValueError, OverflowError):
            return ""
        if isinstance(found, timedelta):
            minutes, seconds = divmod(round(found.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        if isinstance(found, time):
            return found.strftime("%H:%M:%S").removesuffix(":00")
        kind = is_datetime(code)
        if kind == "time":
            return found.strftime("%H:%M:%S").removesuffix(":00")
        day = date.isoformat(found)
        return day if kind == "date" else f"{day} {found.strftime('%H:%M:%S').removesuffix(':00')}"


def formatted(number: Decimal, code: str) -> str:
    """A number by a format code, as far as it is one of digits, percent and currency; else as it is."""
    sections = [found for found in _SECTION.findall(code) if found] or [code]
    section = sections[1] if number < 0 and len(sections) > 1 else sections[0]
    section = _COLOURS.sub("", _CURRENCY.sub(r'"\1"', section))
    bare = _PADDING.sub("", _LITERAL.sub("", section))
    digits = _NUMBER.search(bare)
    if not digits or any(mark in bare.upper() for mark in ("GENERAL", "E+", "E-", "/", "@")):
        return plain(number)
    literal = _LITERAL.sub(lambda found: found.group(1) or found.group(2) or "", _PADDING.sub("", section))
    before, _match, after = literal.partition(digits.group())
    size = abs(number) * (100 if "%" in bare else 1)
    written = _written(size, digits.group())
    sign = "-" if number < 0 and not any(mark in before for mark in "-(") else ""
    return f"{sign}{before}{written}{after}".strip()


def _written(size: Decimal, digits: str) -> str:
    whole, _point, part = digits.partition(".")
    text = f"{size:,.{len(part)}f}" if "," in whole.rstrip(",") else f"{size:.{len(part)}f}"
    optional = len(part) - len(part.rstrip("#"))
    while optional and text.endswith("0") and "." in text:
        text, optional = text[:-1], optional - 1
    first, point, rest = text.rstrip(".").partition(".")
    return first.zfill(whole.count("0")) + point + rest if "," not in whole else text.rstrip(".")


def plain(number: Decimal) -> str:
    """A number without a format, with the digits that a workbook keeps."""
    with localcontext(prec=_DIGITS):
        rounded = (+number).normalize()
    exact = number if number == number.to_integral_value() else rounded
    if exact and exact.adjusted() not in _PLAIN:
        return f"{rounded:E}"
    return f"{exact:f}".rstrip("0").rstrip(".") if "." in f"{exact:f}" else f"{exact:f}"
