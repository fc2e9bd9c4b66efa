"""Names of persons: lists of them, and what can be one."""

from __future__ import annotations

import re

SYMBOLS = "∗*†‡§¶□⋄⋆★♠♣♥♦♢♡⊕⊗◦•⇤⇑♮♯♭∥‖#✉✝✩"
_BODIES = (
    "universi", "in?stitut", "depart", r"dept\b", "laborato", r"labs?\b", "school", "college", "facult", r"cent(?:er|re)\b", "research", "academy",
    "hospital", "foundation", "ministry", "observatoi?r", "division", "clinic", "polytech", "campus", r"group\b", "museum", r"trust\b", "agency",
    r"council\b", "society", "association", "commission", "committee", "bureau", r"office\b", "technolog", r"sciences?\b", "engineering", r"univ\b",
    "ecole", "école", r"soci[ée]t[éà]", "dipartimento", "scuola", "fondazione", "escuela", "fundaci", r"centro\b", "fakult", "hochschule", "zentrum",
    "akademi",
)  # fmt: skip
_COMPANIES = (
    r"inc\b", r"ltd\b", "corp", "gmbh", "company", "google", "microsoft", "facebook", "meta ai", "amazon", r"apple\b", r"ibm\b", "nvidia", "openai",
    "deepmind", "huawei", "tencent", "alibaba", "baidu", "samsung", r"intel\b", "adobe", "salesforce", "bytedance", r"\bai$",
    "anthropic", "deepseek", "moonshot", "zhipu", "minimax", "xiaomi", "meituan", "kuaishou", "qualcomm",
)  # fmt: skip
_NAMED = (
    r"eth\b", "epfl", r"mit\b", "cnrs", "inria", "csail", r"uc \w+", "carnegie mellon", "johns hopkins", "georgia tech", "caltech", "virginia tech",
    "max.planck", "leuven", r"tu \w+",
)  # fmt: skip
_ADDRESS = (
    "street", "avenue", "road", r"box\b", r"usa\b", r"china\b", "germany", r"france\b", r"italy\b", r"japan\b", r"canada\b", r"spain\b", r"india\b",
    r"uk\b", r"u\.s\.a", "kingdom", "switzerland", "netherlands", "australia", r"korea\b", r"israel\b", r"brazil\b",
)  # fmt: skip
_HAN_BODIES = "大学|学院|研究[所院室]|实验室|中心|公司|医院"
PLACE = re.compile(rf"\b({'|'.join((*_BODIES, *_COMPANIES, *_NAMED, *_ADDRESS))})|{_HAN_BODIES}", re.IGNORECASE)
NO_PERSON = re.compile(
    r"\b(?:report|journal|proceedings|thesis|dissertation|workshop|conference|paper|article|editor|preprint|manuscript"
    r"|scientist|candidate|professor|lecturer|researcher|advis[eo]r|undergraduate|dear"
    r"|survey|overview|introduction|tutorial|review|study|history|handbook|primer|analysis|approach|perspectives?"
    r"|manual|style|using|guide|edition|version|documentation|package|software)\b",
    re.IGNORECASE,
)
TEAM = re.compile(r"(?:the )?\S.*\b(?:collaboration|consortium)$", re.IGNORECASE)
_PARTICLES = frozenset("de da del della dos du di van von der den ter ten la le los el al bin ibn y e i zu zur af av st t".split())
_TITLES = re.compile(
    r",?\s*\b(?:(?:(?:graduate )?student |senior |life |associate )*(?:member|fellow),? (?:IEEE|ACM|OSA|SIAM|SPIE|IET|AIAA|ASME|APS)|"
    r"Ph\.?D\.?|M\.?D\.?|M\.?Sc\.?|B\.?Sc\.?|MPH|Prof\.|Dr\.)"
    r"(?=\W|$)",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:,|;|，|、|；|(?<![\u4e00-\u9fff])·|·(?![\u4e00-\u9fff])|•|\||&|\band\b|\bAND\b|\bwith\b)\s*")
_NAME_WORD = re.compile(r"(?:[dl]['’])?[^\W\d_][\w'’`.\-‐]*$|[“\"][^\W\d_][\w-]*[”\"]$")
_BY = re.compile(
    r"^(?:(?:by|von|par|por|(?:(?:original )?code|text|written|compiled) by|(?:authors?|maintainers?)\s*[:：])\s+(?=[^\W\d_]{2})"
    r"|(?:作\s*者|姓\s*名|研\s*究\s*生)\s*[:：]\s*)",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"^\d{1,2}(?:st|nd|rd|th)\s+")
_HAN_SHORT = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]) +([\u4e00-\u9fff])(?![\u4e00-\u9fff])")
HAN_LETTER = re.compile(r"[\u4e00-\u9fff]")
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff·]{5,12}")
_ASIDE = re.compile(
    r"\s*[(（<\[][^()（）<>\[\]]*@[^()（）<>\[\]]*[)）>\]]|,\s*(?:eds?\.|editors?)\s*$"
)  # an address of the net, a part in the book
_BRACKETED = re.compile(r"\s*[(（][^()（）]*[)）]?")


def is_symbol(text: str) -> bool:
    """Whether *text* is made of signs that mark names: daggers, stars, envelopes and whatever else fonts have."""
    return all(c in SYMBOLS or "\u2190" <= c <= "\u2bff" for c in text)


def split_names(text: str) -> tuple[str, ...]:
    """Return the names in a list such as `Ann Bee, Cy Dee and Eve Fox`, or in `1st Ann Bee`."""
    text = _COUNTED.sub("", _ASIDE.sub("", text))
    text = _HAN_SHORT.sub(r"\1\2", re.sub(r"(?<=[^\W\d_]{2})\d+(?:,\d+)*(?!\w)", "", _BY.sub("", text)))
    clean = _TITLES.sub("", text.translate({ord(c): ", " for c in SYMBOLS if c not in "•*#"}))
    names = (n.strip() if re.search(r"\b(?:Jr|Sr)\.$", n) else _balanced(n.strip(" .,*∗")) for n in _SPLIT.split(clean))
    return tuple(n for n in names if n.strip("() "))


def _balanced(text: str) -> str:
    """Return *text* without the brackets at its ends, unless one there closes or opens a word within: `Lihua Sun (孙丽华)`."""
    return text if re.search(r"\w\s?[(（]\w|^\w+[)）]$", text) else text.strip(" .,*∗()")


def is_name(text: str) -> bool:
    """Whether *text* can be the name of one person; what stands in brackets is the same name in other letters."""
    text = _BRACKETED.sub("", text)
    if _HAN_NAME.fullmatch(text):
        return not PLACE.search(text)
    words = text.split()
    if not 2 <= len(words) <= 6 or PLACE.search(text) or NO_PERSON.search(text) or re.search(r"\d", text):
        return False
    good = sum(_is_name_word(w) for w in words)
    return good >= 2 and all(_is_name_word(w) or _is_particle(w) or "-" in w for w in words)


def _is_particle(word: str) -> bool:
    return word.lower().lstrip("'’‘`") in _PARTICLES


def _is_name_word(word: str) -> bool:
    """Whether *word* can be a name: it has a capital, not always in front (`hEachteirn`, `d'Angelo`)."""
    return bool(_NAME_WORD.match(word)) and (not word[0].islower() or any(c.isupper() for c in word))


def breaks_off(text: str) -> bool:
    """Whether *text* can be the beginning of a name: `Juan de la`, or `Li`."""
    first, *rest = text.split()
    return _is_name_word(first) and first[:1].isupper() and all(map(_is_particle, rest)) and not PLACE.search(text)


def is_unfinished(text: str) -> bool:
    """Whether *text* is a name that cannot end there: `M. de`."""
    return _is_particle(text.split()[-1]) and text.split()[-1].islower()


def ends_name(text: str) -> bool:
    """Whether *text* can be the end of a name that the line above begins: `Bee`, `Li`, `van der Berg`, or `涵)`."""
    if text.endswith((")", "）")) and not re.search(r"[(（]", text):
        return True
    *particles, last = text.split()
    return all(map(_is_particle, particles)) and _is_name_word(last) and not PLACE.search(text)


def is_single(text: str) -> bool:
    """Whether *text*, in a list of names, can be somebody who has one name."""
    return _is_name_word(text) and len(text) > 2 and not PLACE.search(text) and not text.isupper()
