"""Every string from a paper or a model is data: make it read the same in a post and mean nothing to the programs that render it.

Three programs read a Hexo post in turn: Nunjucks (which runs code), a Markdown renderer (marked or kramed), and MathJax in the
reader's browser. Backslashes are used where both renderers know them, HTML entities elsewhere. Only what would change the
meaning is escaped, so that ordinary titles and names stay byte for byte what they are.

Source:
    CommonMark 0.31 sections 2.4 and 6; the inline rules of marked and kramed; Hexo runs Nunjucks with autoescape off.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from urllib.parse import quote, urlsplit

from offline_digest.posting.tex import Run, split_runs

_DOLLAR = "<span>$</span>"  # alone in its element, a dollar is no delimiter for MathJax
_KEPT_FORMAT = "\u200c\u200d"  # joiners that scripts and emoji need
_NUNJUCKS = re.compile(r"(?<=\{)(?=[{%#])|(?<=[}%#])(?=\})")
_BRACE_PAIR = re.compile(r"\{(?=[{%#])|(?<=\{)\{|(?<=[}%#])\}|\}(?=\})")
_ENTITY = re.compile(r"&(?=#|[A-Za-z][A-Za-z0-9]*;)")
_TAG = re.compile(r"<(?![\s\d=.])")
# Between letters an underscore is harmless; elsewhere it could close emphasis, which kramed lets it do even behind a backslash.
_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_BACKSLASH = re.compile(r"\\(?=[!-/:-@\[-`{-~]|$)")
_LINK = re.compile(r"\](?=\()|(?=\[\^)")  # kramed pairs brackets without heeding escapes: part `](`, not the brackets
_LINK_ESCAPED = r"\g<0>\\"
_AUTOLINK = re.compile(r"(https?|ftp):(?=//)", re.IGNORECASE)
_EMAIL = re.compile(r"(?<=[\w.+-])@(?=[\w-]+\.)")
_MATHJAX = re.compile(r"\\+(?=(?:begin|end|ref|eqref)\s*\{|[(\[])")
_LEADING = re.compile(r"^(?:[-+#>|\[]|[=:](?=[=:\s|-]|$))")
_LEADING_NUMBER = re.compile(r"^(\d{1,9})([.)])")
_CLOSING_HASHES = re.compile(r"(?:(?<=\s)|(?<=^))#+$|#$")
_RUNS_ON = re.compile(r"^[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_FORMULA_ENTITIES = (
    (re.compile(r"&(?=#|[A-Za-z][A-Za-z0-9]*;)"), "&amp;"),
    (re.compile(r"\\(?=[!-/:-@\[-`{-~])|\\(?=(?:text|math|emph|underline|cite|ref)[a-z]*\s*\{)"), "&#92;"),
    (re.compile(r"<"), "&lt;"),
    (_UNDERSCORE, "&#95;"),
    (re.compile(r"[*`~]"), r"\\\g<0>"),
    (_LINK, _LINK_ESCAPED),
    (re.compile(r"@"), "&#64;"),
    (re.compile(r"'"), "&#39;"),  # both renderers curl plain quotes
)


def clean(text: str) -> str:
    """Return *text* as one line: control, bidirectional, private-use and replacement characters gone, white space folded."""
    if text.isprintable() and "\ufffd" not in text:
        return " ".join(text.split())
    kept = "".join(" " if char.isspace() else char for char in text if char.isspace() or _is_printable(char))
    return " ".join(kept.split())


def escape_inline(text: str, *, tex: bool = False) -> str:
    """Return *text* as Markdown that renders to the same text, safe anywhere inside a line and at its start.

    Args:
        text: Anything.
        tex: Whether *text* is TeX source, as titles and abstracts of catalogues are.
    """
    return _guard_start(_escape_runs(split_runs(clean(text), tex=tex)))


def escape_heading(text: str, *, tex: bool = False) -> str:
    """Return *text* for a heading line. A single `$`, `*` or `~` stays as it is: it has no partner to make anything with."""
    escaped = _escape_runs(split_runs(clean(text), tex=tex), alone=True)
    return _CLOSING_HASHES.sub(lambda match: "&#35;" * len(match[0]), escaped)


def escape_html(text: str, *, tex: bool = False) -> str:
    """Return *text* for the inside of an HTML block, where Markdown is not read but MathJax is."""
    parts: list[str] = []
    for run in split_runs(clean(text), tex=tex):
        formula = run.kind == "formula"
        escaped = _escape_markup(run.text if formula else _MATHJAX.sub("", run.text))
        piece = f"${escaped}$" if formula else escaped.replace("$", _DOLLAR)
        parts.append(f" {piece}" if parts and _run_together(parts[-1], piece) else piece)
    return "".join(parts)


def escape_attribute(text: str, *, tex: bool = False) -> str:
    """Return *text* for a quoted HTML attribute."""
    return _escape_markup(_join(split_runs(clean(text), tex=tex)))


def plain_text(text: str, *, tex: bool = False) -> str:
    """Return *text* for front matter, which themes print raw: no tags, no template brackets, no formula but ours, one line."""
    runs = split_runs(clean(text), tex=tex)
    plain = _join(runs)
    if plain.count("$") > 1:
        plain = _join(tuple(run if run.kind == "formula" else Run(run.kind, run.text.replace("$", "＄")) for run in runs))
    return _NUNJUCKS.sub(" ", _MATHJAX.sub("", plain).translate({ord("<"): "＜", ord(">"): "＞"})).strip()


def yaml_string(text: str) -> str:
    """Return *text* as a double-quoted string that JSON and YAML read alike."""
    return json.dumps(clean(text), ensure_ascii=False)


def link_target(url: str) -> str | None:
    """Return *url* ready to stand in `<...>` or `(...)`, or None unless it is a plain http or https address."""
    if clean(url) != url or re.search(r"[\s<>\"\\`]", url):
        return None
    try:
        parts = urlsplit(url)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            return None
    except ValueError:
        return None
    if not re.fullmatch(r"[\w.:\[\]-]+", parts.netloc):
        return None
    quoted = quote(url, safe="/:?#[]!&'*+,;=%~-._")  # kramed takes an address with @ for an email
    return _UNDERSCORE.sub("%5F", _ENTITY.sub("%26", quoted))


def _is_printable(char: str) -> bool:
    category = unicodedata.category(char)
    if category == "Cf":
        return char in _KEPT_FORMAT
    return category not in ("Cc", "Cs", "Co") and char != "\ufffd" and ord(char) & 0xFFFE != 0xFFFE


def _join(runs: tuple[Run, ...]) -> str:
    return "".join(f"${run.text}$" if run.kind == "formula" else run.text for run in runs)


def _escape_markup(text: str) -> str:
    return html.escape(text).replace("{", "&#123;").replace("}", "&#125;")


def _escape_runs(runs: tuple[Run, ...], *, alone: bool = False) -> str:
    """Escape and join *runs*; what stands *alone* on its line has no other text whose marks could pair with its own."""
    plain = _join(runs)
    kept = frozenset(char for char in "$*~" if alone and plain.count(char) == 1)
    parts: list[str] = []
    for run in runs:
        if run.kind == "formula":
            piece = f"${_escape_formula(run.text)}$"
        elif run.kind == "url":
            target = link_target(run.text)
            piece = f"<{target}>" if target else _escape_prose(run.text, kept)
        else:
            piece = _escape_prose(run.text, kept)
        if parts and _run_together(parts[-1], piece):
            piece = f" {piece}"
        parts.append(piece)
    return "".join(parts).strip()


def _run_together(left: str, right: str) -> bool:
    """Tell whether an address would swallow what follows it, or a formula's dollar would mean something else to MathJax."""
    return bool(left.endswith(">") and _RUNS_ON.match(right)) or (left.endswith(("$", "\\")) and right.startswith("$"))


def _escape_prose(text: str, kept: frozenset[str]) -> str:
    text = _MATHJAX.sub("", text)
    text = _BACKSLASH.sub(r"\\\\", text)
    text = _ENTITY.sub("&amp;", text)
    text = _TAG.sub("&lt;", text)
    text = _BRACE_PAIR.sub(lambda match: f"&#{ord(match[0])};", text)
    text = re.sub(r"[*`~]", lambda match: match[0] if match[0] in kept else f"\\{match[0]}", text)
    text = _LINK.sub(_LINK_ESCAPED, text)
    text = _UNDERSCORE.sub("&#95;", text)
    text = _AUTOLINK.sub(r"\1&#58;", text)
    text = re.sub(r"(?i)(www)\.", r"\1\\.", text)
    text = _EMAIL.sub("&#64;", text)
    return text if "$" in kept else text.replace("$", _DOLLAR)


def _escape_formula(body: str) -> str:
    body = _NUNJUCKS.sub(" ", body)
    for pattern, entity in _FORMULA_ENTITIES:
        body = pattern.sub(entity, body)
    return body


def _guard_start(text: str) -> str:
    """Escape a first character that would begin a list, a heading, a quotation, a table, a rule or a task box."""
    if match := _LEADING.match(text):
        char = match[0]
        return (f"&#{ord(char)};" if char in "=:|" else f"\\{char}") + text[1:]
    return _LEADING_NUMBER.sub(r"\1\\\2", text)
