"""Sentences for the user about text that was hidden, and about text that gives orders to whoever reads it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from offline_digest.reading.boxes import centre, holds
from offline_digest.reading.hidden import FEWEST_WORDS, count_words
from offline_digest.reading.instructions import find_instructions
from offline_digest.reading.values import Hidden, Sheet
from offline_digest.records import Box

LONGEST_LABEL_WORDS = 7
NEAR_PT = 60.0
_HAN = re.compile(r"[\u3400-\u9fff]")


def hidden_warnings(sheets: Sequence[Sheet], pictures: dict[int, list[Box]]) -> tuple[str, ...]:
    """Return a sentence on the words that were left out because nobody can see them.

    Drawings hide labels for technical reasons and reach over the edge of the page, so numbers and labels in or beside a figure (*pictures*,
    by page) are not reported; sentences are, and whatever gives orders, also when it is cut into labels.
    """
    counts = {}
    for sheet in sheets:
        boxes = pictures.get(sheet.number, [])
        orders = bool(find_instructions([" ".join(h.text for h in sheet.hidden)]))
        words = sum(
            count_words(h.text)
            for h in sheet.hidden
            if orders or _is_sentence(h.text) or not any(_belongs(h, b, sheet.width) for b in boxes)
        )
        if words >= FEWEST_WORDS:
            counts[sheet.number] = words
    if not counts:
        return ()
    return (f"{sum(counts.values())} words that cannot be seen were left out ({page_list(list(counts))}).",)


def instruction_warnings(sheets: Sequence[Sheet]) -> tuple[str, ...]:
    """Return a sentence on the passages that speak to a machine or a reviewer instead of telling about the work; they stay in the text."""
    numbers = [sheet.number for sheet in sheets if find_instructions(li.text for li in sheet.lines)]
    if not numbers:
        return ()
    return (f"The text holds what reads like instructions to a reviewer or a language model ({page_list(numbers)}).",)


def page_list(numbers: Sequence[int]) -> str:
    """Return the page *numbers* as they stand in a sentence."""
    return ("page " if len(numbers) == 1 else "pages ") + ", ".join(map(str, numbers))


def _is_sentence(text: str) -> bool:
    words = count_words(text)
    return words > LONGEST_LABEL_WORDS + (2 if _HAN.search(text) else 0) or bool(find_instructions([text]))


def _belongs(hidden: Hidden, picture: Box, width: float) -> bool:
    """Whether hidden text lies in a picture, off the page at about its height, or is a short label near to it."""
    x, y = centre(hidden.box)
    slack = (picture[3] - picture[1]) / 2
    beside = not 0 <= x <= width and picture[1] - slack <= y <= picture[3] + slack
    return beside or holds(picture, (x, y), NEAR_PT if count_words(hidden.text) <= FEWEST_WORDS else 2.0)
