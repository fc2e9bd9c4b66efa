"""What Markdown and template languages would take for a mark, whatever program renders a post.

Source:
    CommonMark 0.31 sections 2.4 and 6; GFM autolinks; Nunjucks, Liquid and shortcodes, whose brackets are pairs of braces.
"""

from __future__ import annotations

import html
import re

NUNJUCKS = re.compile(r"(?<=\{)(?=[{%#])|(?<=[}%#])(?=\})")
ENTITY = re.compile(r"&(?=#|[A-Za-z][A-Za-z0-9]*;)")
TAG = re.compile(r"<(?![\s\d=.])")
# Between letters an underscore is harmless; elsewhere it could close emphasis, which kramed lets it do even behind a backslash.
UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
BACKSLASH = re.compile(r"\\(?=[!-/:-@\[-`{-~]|$)")
AUTOLINK = re.compile(r"(https?|ftp):(?=//)", re.IGNORECASE)
EMAIL = re.compile(r"(?<=[\w.+-])@(?=[\w-]+\.)")
MATHJAX = re.compile(r"\\+(?=(?:begin|end|ref|eqref)\s*\{|[(\[])")
_LEADING = re.compile(r"^(?:[-+#>|\[]|[=:](?=[=:\s|-]|$))")
_LEADING_NUMBER = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_RUNS_ON = re.compile(r"^[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


def guard_start(text: str) -> str:
    """Escape a first character that would begin a list, a heading, a quotation, a table, a rule or a task box."""
    if match := _LEADING.match(text):
        char = match[0]
        return (f"&#{ord(char)};" if char in "=:|" else f"\\{char}") + text[1:]
    return _LEADING_NUMBER.sub(r"\1\\\2", text)


def escape_markup(text: str) -> str:
    """Return *text* for HTML, its braces as entities, for a post of any kind may lie where templates are filled."""
    return html.escape(text).replace("{", "&#123;").replace("}", "&#125;")


def run_together(left: str, right: str) -> bool:
    """Tell whether an address would swallow what follows it, or a formula's dollar would mean something else to MathJax."""
    return bool(left.endswith(">") and _RUNS_ON.match(right)) or (left.endswith(("$", "\\")) and right.startswith("$"))
