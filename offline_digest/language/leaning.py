"""Which sentences lean on the one before: by a word that only goes on (`However, …`), or by one that names what was said there (`These …`).

Only the beginning is looked at, for a later `this` mostly means something in its own sentence.
"""

from __future__ import annotations

import re
from collections.abc import Container

from offline_digest.language.words import folded_words

_GOES_ON = re.compile(
    r"(?:This|That|These|Those|It|They|He|She|Such|However|Moreover|Furthermore|Thus|Hence|Therefore|Also|Then|And|But|Or|So|Otherwise"
    r"|Nevertheless|Nonetheless|Consequently|Accordingly|As a result|In fact|Indeed|In particular|In the (?:former|latter)|Due to (?:its|this|their)"
    r"|In this case|For example|For instance|Similarly|Likewise|On the other hand|In contrast|Note that|Recall that|Here|There"
    r"|Besides|Additionally|Second|Secondly|Third|Thirdly|Next|Following|Surprisingly|Interestingly)\b,?\s"
    r"|(?:针对|基于|根据|为(?:了)?(?:解决|应对|克服)?|在|除)(?:这|该|此(?!外)|上述)(?!文|项研究|研究|工作)|第[二三四][，,]|再次"
    r"|这|该|此|其(?!他)|它|他们|她|因此|因而|所以|故|但|然而|不过|而|同时|另外|并且|而且|于是|从而|例如|比如|类似|相反|反之|换言之|否则|可见|由此|对此|为此|与此"
)
_SELF = r"(?:paper|work|article|study|survey|letter|note|report|review|thesis|tutorial|chapter|section|end)\b"
_NAMES_EARLIER = re.compile(  # a pronoun that opens, or a demonstrative among the first eight words of the first clause
    rf"(?:It(?! (?:is|was|has been|can be|seems|turns|appears|remains)(?: [\w-]+){{0,3}}? (?:that|to)\b)|They|He|She|Its|Their|Such(?! as))\b"
    rf"|(?P<lead>(?:[^\s;:]+ (?<!\band )(?<!\bbecause )(?<!\bsince )(?<!\bwhile )){{0,7}}?)"
    r"(?:[Tt]hese|[Tt]his|[Tt]hose(?! (?:who|that|of|which|with|in|for)\b)|such(?! as\b)|(?:of|to|with|for|from) that(?=,)"
    rf"|[Tt]he (?:former|latter|two last|last two|aforementioned|above))\b(?! (?:[\w-]+ )?{_SELF})(?P<what>(?: [\w-]+){{0,3}})"
)
_MAY_NAME = re.compile(
    r"[Tt]h(?:is|[eo]se|e (?:former|latter|two last|last two|aforementioned|above))\b|that,|such|^(?:It|They|He|She|Its|Their|Such)\b"
)
_REACH = 100  # characters that hold eight words; quick to search for a sign of what takes long to match
_LEADS_IN = re.compile(
    r"(?:To|Given|Following|Despite|Motivated by|Inspired by|Based on|Building on|With|Using) [^,;:]{3,60}(?<! this)(?<! so)(?<! that), (?!which\b)"
    r"|(?:针对|为了?|基于|根据|鉴于|受)[^，。；：]{3,30}，"
)
_NAMES_EARLIER_ZH = re.compile(
    r"(?:它|他们|她|其(?!他|中|余|实))"
    r"|(?P<lead>[^，。；：]{0,8}?)(?:这(?!篇|项(?:研究|工作)|里)|该(?!文|项?研究|项?工作)|此(?!外|前|后|次|文)|上述|前者|后者)(?P<what>[\u4e00-\u9fff]{0,6})"
)


def stands_alone(sentence: str) -> bool:
    """Tell whether *sentence* does not lean on the one before it (`This …`, `However, …`)."""
    return _GOES_ON.match(sentence) is None


def names_earlier(sentence: str, known: Container[str] = frozenset()) -> int | None:
    """Return before which word, counted from 0, *sentence* names something that an earlier one told (`We show that these problems …`, 该方法…).

    Only words among the first eight are found; None where there is none, or where it names what is known.

    Args:
        sentence: In English or Chinese.
        known: Folded words of what the reader has before the eyes anyway, such as the title; `this Transformer` needs no more then.
    """
    found = _NAMES_EARLIER.match(sentence) if _MAY_NAME.search(sentence, 0, _REACH) else None
    found = found or (None if sentence.isascii() else _NAMES_EARLIER_ZH.match(sentence))
    if found is None or any(len(word) > 3 and word in known for word in folded_words(found["what"] or "")):
        return None
    return len((found["lead"] or "").split())


def leads_in(sentence: str) -> bool:
    """Tell whether *sentence* opens with an end or an occasion (`To address these issues, we …`): what is behind the comma says enough."""
    return _LEADS_IN.match(sentence) is not None
