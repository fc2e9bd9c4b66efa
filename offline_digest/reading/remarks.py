"""What a title block says beside names and institutions: who did what, when and where the paper came out, where more of it is."""

from __future__ import annotations

import re

from offline_digest.reading import names
from offline_digest.reading.names import any_of

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.?"
_ROLES = r"professor|lecturer|scientist|researcher|engineer|student|candidate|advis[eo]r|postdoc\w*|director|contact"
_BEGINNINGS = (
    # the paper and its way
    r"dated?\b", "received", "accepted", "published", "submitted", "revised", "(?:last )?updated", "compiled", "to appear", "presented at",
    "draft", "preprint", "camera.ready", "(?:paper )?under (?:double-?blind )?review", r"reviewed (?:on|by)\b", "anonymous", "correspond",
    r"version(?: v?\d|\b(?= of)|:)", r"v\d+(?:\.\d+)*\w?$", "released", r"printed (?:on|\w+ \d)", r"(?:\w+ )?revised \w+ \d",
    r"this (?:manuscript|preprint|version|draft)\b", r"(?:a )?(?:\w+ )?(?:thesis|dissertation)\b", "copyright", r"©|c ?⃝",
    r"(?:\w+ )?(?:working paper|(?:technical|policy|research|internal|annual) report)\b",
    # days, months, years
    r"\d{1,2}(?:st|nd|rd|th|\.)?(?: of)? [^\W\d]+\.?,? (?:19|20)\d\d", r"(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?",
    rf"(?:19|20)\d\d {_MONTH}", rf"{_MONTH}(?: \d{{1,2}}(?:st|nd|rd|th)?)?,? (?:19|20)\d\d", rf"{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?$",
    r"[^\W\d_]{3,10} (?:19|20)\d\d$", r"[\d〇一二三四五六七八九]{4} ?年",
    # where more is to be found, and what it is filed under
    r"(?:project|code|data(?:set)?s?|models?|demo|weights|github|hugging ?face)[ \w]{0,12}[:：]", r"project (?:web ?)?(?:page|site)",
    r"web ?(?:site|page)\b", r"home ?page\b", r"code (?:is|and|available)\b", r"(?:contact|tel|phone|fax|orcid|editors?|keywords?)\b[^:：]{0,9}[:：]",
    r"(?:msc|jel|pacs)\b",
    # what somebody is, and whom somebody writes to
    r"dear\b",
    rf"(?!independent)(?:[\w.]+ ){{0,3}}(?:{_ROLES})(?: of [\w ]+)?$",
    r"(?:now|currently|presently) (?:at|with)\b", r"(?:on leave|visiting) (?:from|at)\b",
    # who did what
    r"equal (?:\w+ ){0,2}(?:contribut|advis|author|credit|supervis)", "equal$", "(?:joint|shared) (?:first|last|lead)",
)  # fmt: skip
_WITHIN = (
    r"\bv\d+\.\d", r"\bauthors?(?:ship)?\b", r"\bco-?(?:first|lead|senior|author)", r"contribut(?:e|ed|ions?|ing|ors?)\b", r"\bequal(?:ly)? advis",
    r"\b(?:an?|as) interns?\b", r"\binterns? (?:at|in|with)\b", r"\binternships?\b", r"\b(?:project|team|tech\w*) lead(?:er)?s?\b",
    r"\bwork(?:ed)? (?:was |is )?(?:done|performed|conducted|carried out|partially)", r"\balphabetical", r"\blisting order", r"\bdeceased\b",
    r"\b(?:supported|funded) (?:in part )?by\b", r"\bgrant (?:no|number|agreement)",
)  # fmt: skip
_SECTION = any_of(names.SECTIONS, names.CONTENTS, names.ACKNOWLEDGEMENTS, names.REFERENCES)
_BEGINS = re.compile(rf"[∗*†‡§¶✉\s(]*(?:{'|'.join(_BEGINNINGS)}|(?:[\d.]+ |第 ?\d+ ?节)?(?:{_SECTION})?$)", re.IGNORECASE)
_SAYS = re.compile("|".join(_WITHIN), re.IGNORECASE)


def is_remark(text: str) -> bool:
    """Whether *text*, a line of a title block or a part of one, is no institution and no name but speaks of the authors or the paper."""
    return bool(_BEGINS.match(text) or _SAYS.search(text))


def is_titled(text: str) -> bool:
    """Whether *text* is worded as a name is: half of its long words or more have capitals, as in `Banca d'Italia`, unlike `all of them`."""
    long = re.findall(r"[^\W\d_]{4,}", text)
    return 2 * sum(not w.islower() for w in long) >= len(long)
