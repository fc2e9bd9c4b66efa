"""What the extractive engine looks for in each field: which sections, which words, which place in the paper.

The cue words follow the rhetorical zones of papers (Teufel and Moens 2002: aim, background, contrast, own work) as far as single
sentences show them. `sections` and `cues` are patterns on lower-case text; weights add up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_INTRODUCTION = r"introduction|motivation|background|overview"
_RELATED = r"related|previous|prior|existing|literature|state of the art|preliminar"
_METHOD = (
    r"method|approach|model|architecture|algorithm|design|framework|system|proposed|formulation|theory|construction|implementation|technique"
    r"|learning|training|network|attention|setup|materials"
)
_RESULT = (
    r"result|experiment|evaluation|performance|comparison|analysis|ablation|benchmark|simulation|measurement|application|stud(?:y|ies)"
)
_END = r"conclu|discussion|summary|outlook|future|limitation|impact|significance|closing|remarks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """How one field recognises its sentences.

    `abstract` is the bonus for sentences of the abstract, `place` the wished position in the paper from 0.0 (start) to 1.0 (end) or
    None, `numbers` the bonus for sentences with figures. Where `needed`, a sentence without any cue word never serves the field: an
    empty field is more honest than a random sentence of a fitting section.
    """

    sections: re.Pattern[str]
    cues: re.Pattern[str]
    against: re.Pattern[str] = re.compile(r"(?!)")
    abstract: float = 0.0
    place: float | None = None
    numbers: float = 0.0
    needed: bool = False


def _cue(
    sections: str,
    cues: str,
    *,
    against: str = r"(?!)",
    abstract: float = 0.0,
    place: float | None = None,
    numbers: float = 0.0,
    needed: bool = False,
) -> Cue:
    return Cue(
        sections=re.compile(sections),
        cues=re.compile(cues),
        against=re.compile(against),
        abstract=abstract,
        place=place,
        numbers=numbers,
        needed=needed,
    )


_WE_OFFER = (
    r"\b(?:we|this (?:paper|work|article|study|survey|letter|note)|our (?:paper|work))\b[^.]{0,40}\b"
    r"(?:propos|present|introduc|develop|describ|show|demonstrat|report|stud|investigat|provid|offer|explor|examin|prov|argue|design)\w*"
)
_OWN = r"\b(?:we|our|this (?:paper|work|study|method|approach|model|system|architecture))\b"
_LACK = (
    r"\b(?:however|but|unfortunately|although|despite|while|yet|limit|lack|fail|suffer|difficult|challeng|costly|expensive|inefficien|require"
    r"|problem|drawback|cannot|unable|poor|only)\w*\b"
)
_OTHERS = r"\b(?:previous|prior|existing|earlier|recent|traditional|conventional|classical|state-of-the-art|known|other|others|many|most)\b"
_GAIN = (
    r"\b(?:outperform|improv|achiev|exceed|surpass|reduc|increas|faster|better|higher|lower|best|accura|gain|speed-?up|state-of-the-art|significant"
    r"|result|attain|reach)\w*\b"
)
_LOAD = (
    r"\b(?:dataset|data set|data|train|gpu|tpu|cpu|hour|day|parameter|sample|example|image|token|experiment|run|epoch|batch|hardware|machine"
    r"|open-?source|code|release|publicly|benchmark|participant|survey|measure|device|simulat|proof|theorem|implement)\w*\b"
)

CUES: dict[str, Cue] = {
    "summary": _cue(_INTRODUCTION + "|" + _END, _WE_OFFER, abstract=2.0, place=0.0),
    "background": _cue(
        _INTRODUCTION,
        r"\b(?:important|fundamental|widely|increasing|recent|has been|have been|become|commonly|key|central|essential|growing|problem|task|is a)\b",
        against=_OWN,
        abstract=0.2,
        place=0.0,
    ),
    "prior_work": _cue(_RELATED + "|" + _INTRODUCTION, _OTHERS + "|" + _LACK, against=_OWN, abstract=-0.3, place=0.1),
    "approach": _cue(_INTRODUCTION + "|" + _METHOD, _WE_OFFER + "|" + _OWN, against=_OTHERS, abstract=0.3, place=0.15),
    "methods": _cue(
        _METHOD,
        _OWN + r"|\b(?:first|second|then|next|finally|each|given|consist|comput|appl|train|us(?:e|ing)|defin|step|stage|input|output)\w*\b",
        abstract=-1.0,
        place=0.4,
    ),
    "results": _cue(_RESULT + "|" + _END, _GAIN, abstract=0.3, place=0.75, numbers=0.5),
    "significance": _cue(
        _END + "|" + _INTRODUCTION,
        r"\b(?:enabl|allow|open|impact|useful|potential|promis|important|implication|future|insight|help|provide|contribut|hope|step towards"
        r"|applicable|applied|easily|generali[sz]e|for the first time)\w*\b",
        against=_LACK,
        abstract=-0.2,
        place=1.0,
        needed=True,
    ),
    "innovation": _cue(
        _INTRODUCTION + "|" + _METHOD + "|" + _END,
        r"\b(?:novel|new|(?:the|our) first|first to|first time|unlike|contribut|key idea|instead|differ|in contrast|original|unique|main idea|propos)\w*\b",
        abstract=-0.2,
        place=0.2,
        needed=True,
    ),
    "performance": _cue(
        _RESULT,
        _GAIN + r"|\b(?:compar|than|versus|baseline|percent|times|error|score)\w*\b",
        abstract=-0.5,
        place=0.7,
        numbers=1.0,
        needed=True,
    ),
    "workload": _cue(_RESULT + "|" + _METHOD, _LOAD, abstract=-0.8, place=0.6, numbers=0.7, needed=True),
    "takeaways": _cue(
        r"conclu|discussion|summary|introduction|outlook|closing|remarks",
        _WE_OFFER + "|" + _GAIN + r"|\bcontribut\w*|\bfind\w*\b|\bin (?:summary|conclusion)\b",
        against=r"\b(?:previous|prior|existing|earlier|related)\b",
        abstract=0.7,
        numbers=0.2,
    ),
}
