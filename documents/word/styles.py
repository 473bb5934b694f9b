"""How a file of Word looks: its styles and lists, in the fonts that each system has."""

_SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MOST_LEVELS = 9  # of a list
STEP = 360  # twentieths of a point by which a level, or a quote, is further in
BULLETS, NUMBERS = 0, 1  # kinds of lists
_BULLETS = "•◦▪"
_NUMBERS = ("decimal", "lowerLetter", "lowerRoman")
_SIZES = (36, 30, 26, 24, 22, 22)  # half points of headings
_INK, _QUIET, _LINE = "1F2933", "52606D", "CBD2D9"
_BOLD, _RAISED = "<w:b/><w:bCs/>", '<w:vertAlign w:val="superscript"/>'
SHADE = '<w:shd w:val="clear" w:color="auto" w:fill="F5F7FA"/>'


def root(name: str, inside: str) -> str:
    """A whole part: its root element with all name spaces."""
    return f"{HEAD}<w:{name} {_SPACES}>{inside}</w:{name}>"


def _style(kind: str, name: str, label: str, about: str = "", letters: str = "", based: str = "Normal") -> str:
    """One style: how its paragraphs stand, and how its letters look."""
    above = f'<w:basedOn w:val="{based}"/>' if based else ""
    usual = ' w:default="1"' if name in {"Normal", "DefaultParagraphFont", "TableNormal"} else ""
    inside = (f"<w:pPr>{about}</w:pPr>" if about else "") + (f"<w:rPr>{letters}</w:rPr>" if letters else "")
    named = f'<w:style w:type="{kind}" w:styleId="{name}"{usual}><w:name w:val="{label}"/>'
    return f"{named}{above}<w:qFormat/>{inside}</w:style>"


def _heading(level: int) -> str:
    size = _SIZES[level - 1]
    about = f'<w:keepNext/><w:keepLines/>{_spacing(size * 8, 80)}<w:outlineLvl w:val="{level - 1}"/>'
    letters = f'{_BOLD}<w:color w:val="{_INK}"/>{_size(size)}'
    return _style("paragraph", f"Heading{level}", f"heading {level}", about, letters)


def _size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def _spacing(before: int, after: int, line: int = 276) -> str:
    """Room above and below, in twentieths of a point, and between lines, in 240ths of one."""
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="auto"/>'


def _fonts(name: str) -> str:
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}"/>'


def _borders(*sides: str, size: int = 4) -> str:
    return "".join(f'<w:{side} w:val="single" w:sz="{size}" w:space="4" w:color="{_LINE}"/>' for side in sides)


def styles() -> str:
    """The part `styles.xml`."""
    usual = f"<w:rPrDefault><w:rPr>{_fonts('Calibri')}{_size(22)}</w:rPr></w:rPrDefault>"
    usual += f"<w:pPrDefault><w:pPr>{_spacing(0, 120)}</w:pPr></w:pPrDefault>"
    quote = f"<w:pBdr>{_borders('left', size=18)}</w:pBdr>"
    mono = _fonts("Consolas") + _size(19)
    made = [
        _style("paragraph", "Normal", "Normal", based=""),
        _style("character", "DefaultParagraphFont", "Default Paragraph Font", based=""),
        _table("TableNormal", "Normal Table", _margins(), ""),
        _style("paragraph", "Title", "Title", _spacing(0, 240), _BOLD + _size(48)),
        *(_heading(level) for level in range(1, 7)),
        _style("paragraph", "ListParagraph", "List Paragraph", _spacing(0, 60)),
        _style("paragraph", "Quote", "Quote", quote, f'<w:color w:val="{_QUIET}"/>'),
        _style("paragraph", "Code", "Code", SHADE + _spacing(60, 160, 240), mono),
        _style("paragraph", "TableText", "Table Text", _spacing(40, 40, 240)),
        _style("paragraph", "FootnoteText", "footnote text", letters=_size(18)),
        _style("character", "InlineCode", "Inline Code", "", mono + SHADE, ""),
        _style("character", "Hyperlink", "Hyperlink", "", '<w:color w:val="0B5CAD"/><w:u w:val="single"/>', ""),
        _style("character", "FootnoteReference", "footnote reference", "", _RAISED, ""),
        _table("TableGrid", "Table Grid", _grid(), "TableNormal"),
    ]
    return root("styles", f"<w:docDefaults>{usual}</w:docDefaults>{''.join(made)}")


def _table(name: str, label: str, about: str, based: str) -> str:
    made = _style("table", name, label, based=based)
    return made.replace("</w:style>", f"<w:tblPr>{about}</w:tblPr></w:style>")


def _grid() -> str:
    return f"<w:tblBorders>{_borders('top', 'left', 'bottom', 'right', 'insideH', 'insideV')}</w:tblBorders>"


def _margins() -> str:
    sides = "".join(f'<w:{side} w:w="{size}" w:type="dxa"/>' for side, size in (("left", 108), ("right", 108)))
    return f"<w:tblCellMar>{sides}</w:tblCellMar>"


def numbering(lists: list[tuple[int, int]]) -> str:
    """The part `numbering.xml`: for each list of the text its kind and the number that it begins with."""
    kinds = "".join(
        f'<w:abstractNum w:abstractNumId="{kind}"><w:multiLevelType w:val="hybridMultilevel"/>'
        f"{''.join(_level(kind, level) for level in range(MOST_LEVELS))}</w:abstractNum>"
        for kind in (BULLETS, NUMBERS)
    )
    made = "".join(
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="{kind}"/>{_begins(first) if kind == NUMBERS else ""}</w:num>'
        for n, (kind, first) in enumerate(lists, start=1)
    )
    return root("numbering", kinds + made)


def _level(kind: int, level: int) -> str:
    form = "bullet" if kind == BULLETS else _NUMBERS[level % 3]
    text = _BULLETS[level % 3] if kind == BULLETS else f"%{level + 1}."
    place = f'<w:pPr><w:ind w:left="{STEP * (level + 2)}" w:hanging="{STEP}"/></w:pPr>'
    about = f'<w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
    return f'<w:lvl w:ilvl="{level}">{about}{place}</w:lvl>'


def _begins(first: int) -> str:
    begun = f'<w:startOverride w:val="{first}"/></w:lvlOverride>'
    return "".join(f'<w:lvlOverride w:ilvl="{level}">{begun}' for level in range(MOST_LEVELS))
