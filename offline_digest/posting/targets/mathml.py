"""Formulas as MathML: what the converter makes of TeX, rebuilt from a list of harmless elements.

latex2mathml prints text unescaped, links and styles included, so its string is never used: only its tree is, element by element.

Source:
    MathML Core (W3C) for elements and attributes; `mathvariant` knows `normal` alone there, so other letters are spelled in Unicode.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from xml.etree.ElementTree import Element

from offline_digest.posting.targets.marks import escape_markup

_ELEMENTS = frozenset(
    "math mrow mi mn mo mtext ms mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd mpadded mphantom mstyle "
    "mmultiscripts".split()
)
_ATTRIBUTES = frozenset("accent accentunder columnalign fence form largeop linethickness movablelimits stretchy symmetric".split())
_STYLES = {
    "bold": "BOLD",
    "italic": "ITALIC",
    "bold-italic": "BOLD ITALIC",
    "script": "SCRIPT",
    "bold-script": "BOLD SCRIPT",
    "fraktur": "FRAKTUR",
    "double-struck": "DOUBLE-STRUCK",
    "sans-serif": "SANS-SERIF",
    "monospace": "MONOSPACE",
}
_SIM = re.compile(r"\\sim(?![A-Za-z])")  # the converter takes it for the tilde of the keyboard
_KNOWN_ROWS = {"aligned": "align*", "gathered": "matrix"}  # the converter's names for the same rows
_ROWS = re.compile(r"(\\(?:begin|end)\s*\{)(aligned|gathered)\}")
_SWITCH = re.compile(r"\\(rm|bf|it|sf|tt)(?![A-Za-z])\s*([^{}\\^_]+)")  # to the end of its group; the converter goes to the next letter
_UPRIGHT = re.compile(r"&#x000[46][0-9A-F];|&#x000[57][0-9A];")  # how the converter marks letters of \mathrm
_LONGEST_CHILDREN = 2000  # elements; a formula of a title or an abstract has dozens


@lru_cache(maxsize=4096)
def formula(tex: str) -> str | None:
    """Return the TeX of a formula as a MathML element without script, style and link, None where it cannot be converted whole."""
    from latex2mathml import exceptions
    from latex2mathml.converter import convert_to_element

    others: tuple[type[Exception], ...] = (
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        RecursionError,
        StopIteration,
    )  # raised by it for odd formulas
    known = tuple(value for value in vars(exceptions).values() if isinstance(value, type) and issubclass(value, Exception))
    try:
        tree = convert_to_element(_known(tex))
    except (*known, *others):
        return None
    if (
        any(node.text == "&" or "\\" in (node.text or "") for node in tree.iter() if node.tag != "mtext")
        or sum(1 for _ in tree.iter()) > _LONGEST_CHILDREN
    ):
        return None
    return f'<math display="inline">{"".join(_spelled(child) for child in tree)}</math>'


def _known(tex: str) -> str:
    """Return *tex* with what the converter does not know, or takes for something else, in other words."""
    tex = _ROWS.sub(lambda match: f"{match[1]}{_KNOWN_ROWS[match[2]]}}}", _SIM.sub("∼", tex))
    return _SWITCH.sub(r"\\math\1{\2}", tex)


def _spelled(node: Element) -> str:
    """Return one element; an unknown one is left out, its children stay."""
    inside = _characters(node) + "".join(_spelled(child) for child in node)
    if node.tag not in _ELEMENTS:
        return inside
    attributes = {name: value for name, value in node.attrib.items() if name in _ATTRIBUTES}
    if node.tag == "mi" and (node.attrib.get("mathvariant") == "normal" or _UPRIGHT.fullmatch(node.text or "")):
        attributes["mathvariant"] = "normal"
    written = "".join(f' {name}="{html.escape(value)}"' for name, value in sorted(attributes.items()))
    return f"<{node.tag}{written}>{inside}</{node.tag}>"


def _characters(node: Element) -> str:
    """Return the escaped text of a leaf, its letters in the alphabet that the converter names."""
    text = html.unescape(node.text or "")
    style = _STYLES.get(node.attrib.get("mathvariant", "")) if node.tag in ("mi", "mn") else None
    return escape_markup("".join(_styled(char, style) for char in text) if style else text)


def _styled(char: str, style: str) -> str:
    """Return the mathematical form of a Latin or Greek letter or a digit, the character itself where Unicode has none."""
    words = unicodedata.name(char, "").split()
    kind = " ".join(words[1:]).replace("LETTER ", "") if words[:1] in (["LATIN"], ["GREEK"]) else " ".join(words)
    try:
        return unicodedata.lookup(f"MATHEMATICAL {style} {kind}")
    except KeyError:
        return char
