"""How Chinese prose is set: a space where it meets Latin letters, numbers, formulas and addresses, and punctuation of its own width.

Source:
    W3C, Requirements for Chinese Text Layout (clreq), sections 3.1 and 3.2.2; GB/T 15834-2011 for the marks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from offline_digest.language import cjk_share
from offline_digest.posting.tex import Run

_MOSTLY_CHINESE = 0.5  # of characters and Latin words: a Chinese sentence about software is full of Latin terms
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_LATIN = "A-Za-z0-9\u00c0-\u024f\u0391-\u03c9"
_WIDE = "，。；：！？、（）《》"
_WIDTHS = str.maketrans(",;:!?.", "，；：！？。")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_MARK = re.compile(rf"(?<=[{_HAN}”》）]) ?[,;:!?]|[,;!?:](?= ?[{_HAN}“《])")
_STOP = re.compile(rf"(?<=[{_HAN}”》）])\.(?![{_LATIN}.])")
_AFTER_FORMULA = re.compile(rf"^ ?[,;:!?.](?=$| ?[{_HAN}“《])")
_QUOTED = re.compile(r"\"([^\"]*)\"")
_SPACE_AT_WIDE = re.compile(rf"(?<=[{_WIDE}]) +| +(?=[{_WIDE}])")
_SEAM = re.compile(rf"(?<=[{_HAN}])(?=[{_LATIN}])|(?<=[{_LATIN}%‰°℃+)\]])(?=[{_HAN}])")


def is_chinese(runs: Sequence[Run]) -> bool:
    """Tell whether the prose of a line is Chinese, Latin terms in it or not."""
    return cjk_share("".join(run.text for run in runs if run.kind == "prose")) > _MOSTLY_CHINESE


def set_chinese(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Return a line with its prose set if it is Chinese; formulas, addresses and lines in other languages stay as they are."""
    if not is_chinese(runs):
        return tuple(runs)
    last = len(runs) - 1
    return tuple(
        Run("prose", _set(run.text, begins=place == 0, ends=place == last)) if run.kind == "prose" else run
        for place, run in enumerate(runs)
    )


def _set(text: str, *, begins: bool, ends: bool) -> str:
    """Set one run; where it neither *begins* nor *ends* the line, a formula or an address stands before or behind it."""
    text = _QUOTED.sub(lambda match: f"“{match[1]}”" if _is_beside(match) else match[0], text)
    text = _BRACKETS.sub(lambda match: f"（{match[1]}）" if _is_beside(match) else match[0], text)
    text = _STOP.sub("。", _MARK.sub(_widen, text))
    text = text if begins else _AFTER_FORMULA.sub(_widen, text)
    text = _SEAM.sub(" ", _SPACE_AT_WIDE.sub("", text))
    before = " " if not begins and re.match(rf"[{_HAN}]", text) else ""
    behind = " " if not ends and re.search(rf"[{_HAN}]$", text) else ""
    return f"{before}{text}{behind}"


def _widen(mark: re.Match[str]) -> str:
    return mark[0].strip().translate(_WIDTHS)


def _is_beside(brackets: re.Match[str]) -> bool:
    """Tell whether a pair of brackets or quotation marks belongs to Chinese text: it stands behind it or holds some."""
    return bool(re.search(rf"[{_HAN}] ?$", brackets.string[: brackets.start()]) or re.search(rf"[{_HAN}]", brackets[1]))
