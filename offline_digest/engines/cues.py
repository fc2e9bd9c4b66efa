"""What the extractive engine looks for in each field: which sections, which words, whose work, which place in the paper.

The cue words follow the rhetorical zones of papers (Teufel and Moens 2002: aim, background, contrast, own work) as far as single
sentences show them. All patterns are for lower-case text; weights add up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_NOTHING = re.compile(r"\x00")  # no sentence holds it, and a single character is looked for quickest
_INTRODUCTION = r"introduction|motivation|background|overview"
_RELATED = r"related|previous|prior|existing|literature|state of the art|preliminar"
_RESULT = (
    r"result|experiment|evaluation|performance|comparison|analysis|ablation|benchmark|simulation|measurement|application|stud(?:y|ies)|effect of"
    r"|robust|sensitivity|\bcosts?\b|\btasks?\b|which parts|runtime|efficiency"
)
_END = r"conclu|discussion|summary|outlook|impact|significance|closing|remarks|what the"
_OPEN_END = r"future|limitation|open (?:question|problem)|ethic|appendi|acknowledg"
_METHOD = rf"^(?!.*(?:{_INTRODUCTION}|{_RELATED}|{_RESULT}|{_END}|{_OPEN_END}|baseline|dataset|case))"  # what is nothing else is the core
_OTHER_PARTS = rf"{_RELATED}|{_RESULT}|{_END}|{_OPEN_END}|baseline"  # whose sections, however they are called, tell no method
_MINE = rf"introduc|overview|{_RESULT}|{_END}|{_METHOD}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """How one field recognises its sentences.

    A sentence serves the field only if it matches each of `needs` and not `never`, if it speaks of the authors' own work where `own`,
    and if it stands in one of `sections`, not in a part of one `outside`, or the abstract where `inside`: an empty field is more honest than a random sentence.

    The rest ranks: each of `cues` is worth a third, `strong` counts once and more, `against` takes off. `abstract` is the bonus for
    sentences of the abstract, `cites` for those that name other works, `mine` for those on own work, `numbers` for those with figures,
    `place` the wished position in the paper from 0.0 (start) to 1.0 (end) or None, `central` the weight of
    how central a sentence is. One that ranks no higher than `bar` is not taken.
    """

    sections: re.Pattern[str]
    cues: re.Pattern[str]
    needs: tuple[re.Pattern[str], ...] = ()
    never: re.Pattern[str] = _NOTHING
    outside: re.Pattern[str] = _NOTHING
    strong: re.Pattern[str] = _NOTHING
    against: re.Pattern[str] = _NOTHING
    own: bool = False
    inside: bool = False
    abstract: float = 0.0
    cites: float = -0.4
    mine: float = 0.0
    numbers: float = 0.0
    place: float | None = None
    bar: float = 0.0
    central: float = 1.0


@dataclass(frozen=True, slots=True)
class CueSet:
    """The cues of one language: which sentences speak of the authors' own work, which headings close a paper, and field → cue."""

    own: re.Pattern[str]
    closing: re.Pattern[str]
    fields: Mapping[str, Cue]


_re = re.compile
_PROPOSE = (
    r"(?:propos|present|introduc|develop|describ|show|demonstrat|report|stud|investigat|provid|offer|explor|examin|prov"
    r"|argue|design|consider|address|giv)\w*"
)
_THIS = r"\b(?:we|this (?:paper|work|article|study|survey|letter|note)|in this (?:paper|work|article|study)|our (?:paper|work))\b"
_WE_OFFER = rf"{_THIS}[^.]{{0,40}}\b{_PROPOSE}"
OWN = _re(rf"{_THIS}|\b(?:our|ours|us)\b|\bthe proposed\b|\bhere we\b|\bthe authors\b")
CLOSING = _re(r"^(?!.*(?:limitation|future)).*(?:conclu|what the (?:results|findings))")
_OTHERS = r"\b(?:previous(?:ly)?|prior|existing|earlier|recent(?:ly)?|traditional|conventional|classical|state-of-the-art|known|others?|many|most|so far)\b"
_EARLIER = (
    r"\b(?:previous(?:ly)?|prior|existing|earlier|recent(?:ly)?|traditional(?:ly)?|conventional(?:ly)?|state-of-the-art|known|so far|to date)\b"
    r"|\b(?:has|have) (?:been |also |already |yet |\w+ly ){0,3}\w{2,}(?:ed|wn|ght|den|ven)\b"
    r"|\b(?:was|were) (?:\w+ )?(?:proposed|introduced|improved|shown|developed|studied)\b"
)
_OTHERS_WORK = (
    r"\b(?:previous|prior|existing|earlier|recent|related|other|many|most) (?:\w+ )?(?:work|works|methods?|approaches|studies"
    r"|models?|systems?|research|efforts)\b"
    r"|\b(?:has|have) been (?:\w+ )?(?:proposed|used|studied|shown|introduced|developed)\b|\b(?:their|his|her) (?:\w+ )?(?:method"
    r"|approach|work|results?|model)s?\b"
)
_LACK = (
    r"\b(?:however|but|unfortunately|although|despite|while|yet|limit|lack|fail|suffer|difficult|challeng|costly|expensive|inefficien|require"
    r"|problem|drawback|cannot|unable|poor|only)\w*\b"
)
_PLANS = (
    r"\bfuture\b(?! generations)|\bnext step\b|\bplan(?:s|ned)? to\b|\bwe (?:leave|intend|will|are excited|know of no|wish|want"
    r"|conjecture|hypothesi[sz]e|suspect)\b"
    r"|\bremains?\b|\bopen (?:questions?|problems?|challenges?)\b|\b(?:further|additional|more) (?:work|study|studies|research|investigation)\b"
    r"|\b(?:interesting|worth|promising) (?:to|directions?|avenues?|investigating|exploring)\b|\bas far as we know\b|\bin principle\b"
)
_PERHAPS = rf"\b(?:could|would|might|may|should|perhaps|probably|possibly|if|suppose|imagine|hope|believe)\b|{_PLANS}|\?$"
_BAD_NEWS = (
    r"\b(?:worse|fail\w*|drops?|dropped|hurts?|degrad\w+|lags?|suffers?|unfortunately|negligible|not (?:\w+ )?(?:help|improve"
    r"|significant|better|enough|matter)"
    r"|no (?:\w+ )?(?:effect|gain|improvement|benefit|difference)|does not|do not|did not|cannot|unable|limitations?|limited"
    r"|problems?|obstacles?|counterbalanced"
    r"|only a small|changed little|difficult(?:y|ies)?|errors? of|weakness\w*|drawbacks?|challenges?|biased?|risks?|harm\w*"
    r"|very low|poor(?:ly)?|least|toxic\w*|although|however)\b"
)
_GAIN = (
    r"\b(?:outperform|improv|achiev|exceed|surpass|reduc|increas|faster|better|higher|lower|less|fewer|best|accura|gain|speed-?up|state-of-the-art"
    r"|significant|attain|reach|saves?|won\b|demonstrat|win)\w*\b"
)
_COMPARED = (
    r"\b(?:than|outperform\w*|compared (?:to|with)|versus|vs|baselines?|surpass\w*|exceed\w*|improv\w+|faster"
    r"|state[- ]of[- ]the[- ]art|sota|best|won|reduc\w+"
    r"|lower(?:ed)? (?:down )?to|down to|on par with|speed-?ups?|times (?:faster|more|less|fewer)|over (?:the )?(?:\w+ )?(?:best"
    r"|baselines?|existing|previous|state))\b"
)
_UNIT = (
    r"samples?|images?|examples?|questions?|sentences?|documents?|tokens?|pairs?|articles?|pages?|videos?|hours?|days?|minutes?"
    r"|seconds?|weeks?|seasons?|years?"
    r"|gpus?|tpus?|cpus?|chips?|cores?|nodes?|machines?|servers?|parameters?|weights|layers|epochs?|steps|iterations?|runs?|trials?"
    r"|experiments?|simulations?|datasets?|data sets?|data points?|participants?|users?|subjects?|patients?|devices?|sensors?|circuits?|probes?|stations?"
    r"|lines of (?:code|python)|classes|tasks?|languages?"
    r"|benchmarks?|categories|passages?|tables?|gb|tb|flops|memory|operations|gates|qubits|bits|time series"
)
_AMOUNT = (
    rf"(?:\b(?<![\w.-])\d[\d.,]*\s?(?:k|m|b|gb|tb|thousand|million|billion|trillion)?\b|\b(?:two|three|four|five|six|seven|eight|nine"
    rf"|ten|twelve|several hundred)\b)[\s-]+(?:[\w-]+\s){{0,3}}?(?:{_UNIT})\b"
)
_RELEASED = (
    r"\b(?:code|data|datasets?|models?|weights|checkpoints|implementation|software)\b[^.]{0,60}\b(?:releas\w+|open-?sourced?"
    r"|public(?:ly)?|available (?:at|on|online|under|from|as)|freely)\b"
    r"|\b(?:we|is|are) (?:\w+ )?(?:release|open-?source)\w*\b|\bopen-?source implementation\b"
)
_DID = (
    r"\b(?:train|trained|trains|training|collect|collected|evaluat\w+|test|tested|run|ran|simulat\w+|measur\w+|dataset|data set"
    r"|conduct\w*|annotat\w+|survey\w*|use|used"
    r"|contains?|consists?|comprises?|implement\w*|took|takes|hardware|gpus?|tpus?|cpus?|server|machine|memory|requires?|released?|stores?)\b"
)
_ACTS = (
    r"us|appl|train|comput|defin|split|divid|convert|map|add|tak|choos|select|rank|combin|project|sampl|generat|predict|encod|decod"
    r"|normali[sz]|estimat|updat|reject|initiali[sz]"
    r"|minimi[sz]|maximi[sz]|optimi[sz]|construct|build|extract|collect|measur|simulat|learn|feed|pass|multipl|replac|adopt"
    r"|implement|set|fix|follow|perform|start|prun|search"
    r"|smooth|aggregat|filter|transform|translat|concatenat|stor|load|insert|assign|augment|introduc|employ|mount|connect|bias"
    r"|formulat|model|writ|read|factor|reduc|pick|cut|put"
    r"|correct|decid|keep|kept|discard|drop|plac|wait|open|tun|adjust|propagat|attend|maintain"
)
_DOES = (
    r"predicts|keeps|corrects|decides|computes|selects|discards|rejects|waits|applies|uses|splits|maps|converts|encodes|decodes"
    r"|outputs|returns|combines|updates|produces|generates|learns|adds|replaces|projects|extracts|transforms"
)
_STEP = (
    rf"\bwe (?:\w+ly |then |first |also |next |now |instead |further )?(?:{_ACTS})(?:e|s|es|y|ies|ply)?\b|\b(?:is|are|was"
    rf"|were) (?:\w+ly |then |first |also |next )?(?:{_ACTS}|read|cut|put|set)(?:e?d|p?ped|n|ied)?\b"
    rf"|\b(?:it|the [\w-]+(?: [\w-]+)?) (?:\w+ly |then |first )?(?:{_DOES})\b|\b^(?:each \w+, |then |next,? )?(?:{_ACTS})(?:e|y)? (?:the|an?|each|all|every)\b"
    r"|\b(?:network|model|layer|step|encoder|decoder|algorithm|system|filter|reader|module|method)s? (?:then "
    r"|first )?(?:consists? of|takes?|outputs?|returns?|maps?|computes?)\b|\b(?:we|our \w+) (?:\w+ )?(?:build|train|learn|keep|stop|pick|cut|put|run)s?\b"
)
_NO_STEP = (
    rf"{_PERHAPS}|^(?:consider|let|suppose|recall)\b"
    r"|\b(?:outperform\w*|better|worse|faster than|improves?|improved|accuracy|achiev\w+|state-of-the-art|results?"
    rf"|we (?:\w+ly |also |then |first )?(?:find|found|observe|show|note|see|discuss|conclude|compare"
    r"|evaluate|report|present|review|recall|refer)\w*|in this section|the case|examples?|illustrat\w+|impact|floating[- ]point"
    r"|is the \w+ of|does not|do not|assume|asymptotically|contains?|referred to as|referred as|word|described|displayed|conducted"
    r"|discussed|shown|compared|known|motivated|previous work|prior work|existing|interesting|not known|for example)\b"
)
_THING = (
    r"(?:model|method|system|algorithm|approach|operator|work|study|framework|architecture|network|technique|class|way|metric"
    r"|theory|filter|mechanism|scheme|circuit|sensor|design"
    r"|attention|objective|loss|representation|data ?set|benchmark|tool|proof|paradigm|formulation|kind|family)s?\b"
)
_NEW = (
    rf"\b(?:new|novel) (?:[\w-]+ ){{0,3}}?{_THING}|\bthe first (?:(?!stage|step|part|term)[\w-]+ ){{0,4}}?{_THING}|\bthe first to\b"
    rf"|\b(?:is|are|was|our) (?:also )?(?:the )?first (?:to|of)\b|\bfor the first time\b"
    r"|\b^unlike\b|\b(?<=, )unlike\b|\b(?:instead of|rather than|in contrast to|differs? from|contributions?|key (?:idea|insight|difference"
    r"|innovation)|main idea|novelty|innovati\w+)\b"
)
_WE_MAKE = r"\b(?:we|this (?:paper|work))\b (?:\w+ ){0,3}?(?:propos|introduc|present|develop|design|describ|devis|construct|reformulat)(?:e|es|ed|s)?\b"
_OPENS_UP = (
    r"\b(?:enabl\w+|allow(?:s|ing)?|opens? (?:up|an?|the|new)|(?:high|broad|great|real-world|positive) impacts?|useful|valuable"
    r"|practical\w*|promising|implications?|insights?|help(?:s|ing)?|step towards?|applicable|appl(?:y|ies|ied) (?:\w+ )?to"
    r"|easily|generali[sz]e\w*|for the first time|benefit\w*|suggests? that|potential\w*|in reach|paves?|possible|possibility"
    r"|reliab\w+|can be (?:\w+ )?(?:applied|used|extended|implemented)"
    r"|can (?:also )?(?:serve|help|replace|significantly|potentially|handle|produce|solve|fit)|offers?|suitable|encourag\w+"
    r"|broad\w*|crucial|central importance|unlock\w*|foundation|cost less|cheap\w*|small enough)\b"
)

CUES: dict[str, Cue] = {
    "summary": Cue(
        sections=_re(rf"{_INTRODUCTION}|{_END}"), cues=_re(_WE_OFFER), strong=_re(_WE_MAKE), never=_re(_PLANS), abstract=2.0, mine=0.6, place=0.0,
    ),
    "innovation": Cue(
        sections=_re(rf"introduc|{_RELATED}|{_END}|{_METHOD}"), cues=_re(rf"{_NEW}|{_WE_MAKE}"), needs=(_re(rf"{_NEW}|{_WE_MAKE}"),),
        strong=_re(
            rf"{_WE_MAKE}.{{0,50}}\b(?:new|novel|first)\b|\b(?:is|are) the first\b|\bunlike\b|\bkey (?:idea|insight|difference)\b"
            rf"|\bour (?:main |key )?contributions?\b|\binstead of\b"
        ),
        never=_re(rf"{_PERHAPS}|\bin §|\bcase study\b|\b(?:outline|section|introductory|before)\b|\bwe (?:now |first |also )?describe\b"),
        own=True, inside=True, against=_re(_OTHERS_WORK), abstract=-0.1, cites=-0.6, place=0.1,
    ),
    "performance": Cue(
        sections=_re(rf"introduc|{_RESULT}|{_END}"), cues=_re(_COMPARED), needs=(_re(_COMPARED), _re(_GAIN)), own=True,
        strong=_re(r"\boutperform|\bthan\b|\bimprov\w+ .{0,40}\bby\b|\bfaster\b|\bstate-of-the-art\b"),
        never=_re(rf"{_PERHAPS}|{_BAD_NEWS}|\bthan (?:our|ours|we|that of our|the proposed)\b"), inside=True, abstract=-0.4, mine=0.7,
        numbers=0.8, place=0.7,
    ),
    "workload": Cue(
        sections=_re(rf"{_RESULT}|{_METHOD}|dataset"), cues=_re(rf"{_AMOUNT}|{_RELEASED}|{_DID}"), needs=(_re(_DID), _re(rf"{_AMOUNT}|{_RELEASED}")),
        strong=_re(
            rf"\d.{{0,80}}\b(?:gpus?|tpus?|cpus?|cores?|chips|hours|days|million|billion|seconds|participants|laptop)\b|{_RELEASED}"
        ),
        never=_re(
            rf"{_PERHAPS}|{_BAD_NEWS}|\boutperform|\bthan\b|\bachiev|\b(?:compared|longer|types? of|interested in|for example"
            rf"|assume|in this section|learning rate)\b|{_OTHERS_WORK}"
        ),
        abstract=-0.7, cites=-0.3, mine=0.3, numbers=0.4, place=0.6,
    ),
    "significance": Cue(
        sections=_re(rf"introduc|{_END}"), cues=_re(_OPENS_UP), needs=(_re(_OPENS_UP),),
        never=_re(
            rf"{_PLANS}|{_BAD_NEWS}|\b(?:paper is|organi[sz]ed|open-source library|in this case|case study|to enable)\b|\?$|^if\b"
            rf"|^that[’\']s|\bthis work was\b"
        ),
        own=True, inside=True, against=_re(rf"{_OTHERS_WORK}|{_COMPARED}"), abstract=0.1, place=1.0,
    ),
    "methods": Cue(
        sections=_re(_METHOD), outside=_re(_OTHER_PARTS), cues=_re(rf"{_STEP}|\bby \w+ing\b|\bthen\b|\bfirst,|\bfinally,|\beach\b"), needs=(_re(_STEP),),
        never=_re(_NO_STEP), inside=True, against=_re(rf"{_OTHERS_WORK}|{_LACK}"), abstract=-1.0, cites=-0.3, mine=0.5, place=0.35, bar=1.0,
    ),
    "approach": Cue(
        sections=_re(rf"introduc|{_METHOD}"), outside=_re(_OTHER_PARTS),
        cues=_re(rf"{_WE_OFFER}|{_WE_MAKE}|\b(?:based on|by \w+ing|consists? of|uses?|using)\b"),
        own=True, inside=True,
        never=_re(
            rf"{_PERHAPS}|\b(?:compare|report|experiments?|evaluate|outperform\w*|results?|accuracy|tested|obtain\w*"
            rf"|in this section|before|begin|prove|little|look for|matters?|want|won|for example|better"
            r"|keep in mind|must be|desiderata|review|summari[sz]ed?|validate|denote|assume|benchmark|percent|there (?:is|are)|(?:next|now) we)\b|\bin §"
        ),
        strong=_re(_WE_MAKE), against=_re(_OTHERS_WORK), abstract=0.3, place=0.1, numbers=-0.3, bar=0.8, central=4.0,
    ),
    "results": Cue(
        sections=_re(rf"{_RESULT}|{_END}"), cues=_re(_GAIN), needs=(_re(rf"{_GAIN}|\bwe (?:find|found|observe|show|conclude)\b"),),
        never=_re(
            rf"{_PERHAPS}|{_OTHERS_WORK}|\b(?:data ?sets? (?:that |which )?(?:consists?|contains?)|struggle|is made of|intuitively|we conduct"
            rf"|than (?:our|ours|we))\b"
        ),
        inside=True, abstract=0.0, mine=0.7, numbers=0.5, place=0.75, bar=1.2,
    ),
    "prior_work": Cue(
        sections=_re(rf"{_RELATED}|{_INTRODUCTION}"), cues=_re(rf"{_OTHERS}|{_LACK}"), needs=(_re(rf"{_EARLIER}|{_OTHERS_WORK}"),), inside=True,
        strong=_re(_OTHERS_WORK), against=OWN, never=_re(r"\?$|\bwe (?:propose|introduce|present|develop|show)\b"), abstract=-0.3,
        cites=0.5, mine=-0.8, place=0.1,
    ),
    "background": Cue(
        sections=_re(_INTRODUCTION), against=OWN, never=_re(rf"{_PLANS}|\?$"),
        cues=_re(
            r"\b(?:important|fundamental|widely|increasing|has been|have been|become|commonly|key|central|essential|growing|problem"
            r"|task|challeng\w+|crucial|is an?)\b"
        ),
        abstract=0.2, cites=0.0, mine=-0.8, place=0.0, bar=1.2,
    ),
    "takeaways": Cue(
        sections=_re(rf"introduc|{_END}"), cues=_re(rf"{_WE_OFFER}|{_GAIN}|\bcontribut\w*|\bfind\w*\b|\bin (?:summary|conclusion)\b"),
        inside=True, own=True,
        never=_re(
            rf"{_PERHAPS}|\bin §|\b(?:outline|look for|goals?|organi[sz]ed|we begin|acknowledg\w*|grateful|thank|this work was"
            rf"|inspired|let us|we need)\b|^that[’\']s"
        ),
        against=_re(rf"{_OTHERS_WORK}|{_BAD_NEWS}"), abstract=0.7, mine=0.8, numbers=0.2, bar=1.0,
    ),
}  # fmt: skip

ENGLISH = CueSet(own=OWN, closing=CLOSING, fields=CUES)
