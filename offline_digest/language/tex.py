"""Plain text in the place of the TeX that catalogues leave in titles, names and abstracts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping


def _table(pairs: str) -> Mapping[str, str]:
    names = pairs.split()
    return dict(zip(names[::2], names[1::2], strict=True))


_LETTERS = _table(
    "textendash – textemdash — textregistered ® texttrademark ™ textdegree ° copyright © S § ss ß ae æ AE Æ oe œ OE Œ o ø O Ø aa å AA Å l ł L Ł "
    "i ı j ȷ LaTeX LaTeX TeX TeX BibTeX BibTeX pounds £ texteuro € textmu µ"
)
# What TeX sets in formulas alone, but titles also write without dollars.
FORMULA_SYMBOLS = _table(
    "alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ mu μ nu ν xi ξ pi π rho ρ "
    "varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ "
    "Phi Φ Psi Ψ Omega Ω ell ℓ hbar ℏ nabla ∇ partial ∂ infty ∞ emptyset ∅ forall ∀ exists ∃ neg ¬ prime ′ dagger † ddagger ‡ circ ∘ bullet • "
    "star ⋆ ast ∗ odot ⊙ oplus ⊕ otimes ⊗ times × div ÷ cdot · pm ± mp ∓ approx ≈ sim ∼ simeq ≃ cong ≅ equiv ≡ propto ∝ neq ≠ ne ≠ leq ≤ le ≤ "
    "geq ≥ ge ≥ ll ≪ gg ≫ lesssim ≲ gtrsim ≳ in ∈ notin ∉ subset ⊂ subseteq ⊆ cup ∪ cap ∩ setminus ∖ wedge ∧ vee ∨ perp ⊥ parallel ∥ mid ∣ top ⊤ "
    "rightarrow → to → longrightarrow ⟶ leftarrow ← gets ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ mapsto ↦ uparrow ↑ "
    "downarrow ↓ ldots … dots … cdots ⋯ sum ∑ prod ∏ int ∫ langle ⟨ rangle ⟩ square □ triangle △ checkmark ✓"
)
_SYMBOLS = {**FORMULA_SYMBOLS, **_LETTERS}
_ACCENTS = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "c": "\u0327",
    "v": "\u030c",
    "u": "\u0306",
    "H": "\u030b",
    "k": "\u0328",
    "r": "\u030a",
}
_SOURCE = re.compile(r"[\\{}~`]|--")  # without one of these nothing is resolved
_RAGGED = re.compile(r"\s{2,}|[^\S ]")
_ACCENT = re.compile(r"\\(?:(['`^\"~=.])\s*|([cvuHkr])(?:\s+|(?=\{)))(?:\{\\?([A-Za-z])\}|\\?([A-Za-z]))")
_DROPPED = re.compile(r"[ ~]?\\(?:cite[a-z]*|label|footnote(?:mark)?|vspace|hspace|thanks)\*?\s*(?:\[[^\]]*\])*\{[^{}]*\}")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}")
_HREF = re.compile(r"\\href\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_WRAPPED = re.compile(r"\\(?:text[a-z]{0,8}|emph|url|underline|math[a-z]{2,4}|textsc|mbox|hbox|uline|ref|eqref)\s*\{([^{}]*)\}")
_SWITCH = re.compile(r"\{?\\(?:bf|it|em|tt|sc|rm|sf|bfseries|itshape|small|large|tiny|noindent|centering)(?![A-Za-z])\s*([^{}\\]*)\}?")
_SYMBOL = re.compile(r"\\([A-Za-z]+)(?![A-Za-z])(?:\{\}|\s(?=\s))?")
_EN_DASH = re.compile(r"(?<=[^\s-])--(?=[^\s-])|(?<= )--(?= )")  # not the two hyphens of an option
_KEPT = "[\ue000-\uf8ff]"
_ESCAPED = re.compile(r"\\([%&#_${}])")


def resolve_tex(text: str) -> str:
    """Return TeX prose as plain text: arguments of markup commands kept, citations and labels dropped, accents composed.

    A private-use character stands for something that is not to be resolved, such as a formula, and counts as a letter.
    """
    if not _SOURCE.search(text):
        return _RAGGED.sub(" ", text)
    text = _HREF.sub(r"\2 (\1)", _ENVIRONMENT.sub(" ", text))
    text = _ACCENT.sub(_compose, text)
    before = ""
    while before != text:
        before = text
        text = _WRAPPED.sub(r"\1", _SWITCH.sub(r"\1", _DROPPED.sub("", text)))
    text = _SYMBOL.sub(lambda match: _SYMBOLS.get(match[1], match[0]), text)
    text = re.sub(r"(?<=[^\s\\])~(?=[^\s\d])|(?<=[^\s\\\d])~(?=\d)", " ", text)
    text = re.sub(r"\\[ ,;!]|\\\\", " ", text)
    text = re.sub(rf"(?<!\\)\{{((?:[^\W\d_]|{_KEPT})(?:[\w -]|{_KEPT})*)\}}", r"\1", text)
    text = _ESCAPED.sub(r"\1", text)
    text = _EN_DASH.sub("–", text.replace("---", "—"))
    text = re.sub(r"(?<![^\s(\[“])`([^`']+)'(?![\w'])", r"‘\1’", re.sub(r"``(.+?)''", r"“\1”", text))
    return re.sub(r"\s+", " ", text)


def _compose(match: re.Match[str]) -> str:
    accent = _ACCENTS[match[1] or match[2]]
    return unicodedata.normalize("NFC", (match[3] or match[4]) + accent)
