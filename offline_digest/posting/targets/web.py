"""HTML that stands for itself: everything escaped, formulas as MathML, addresses as links."""

from __future__ import annotations

from offline_digest.language import linear_tex
from offline_digest.posting.targets.marks import escape_markup
from offline_digest.posting.targets.mathml import formula
from offline_digest.posting.texts import Address, Text, safe_address


def escape_inline(text: Text) -> str:
    """Return *text* as the content of an element."""
    return "".join(_link(run.text) if run.kind == "url" else _unlinked(run.kind, run.text) for run in text.runs)


def escape_link_text(text: Text) -> str:
    """Return *text* as the content of a link, where no other link may stand."""
    return "".join(_unlinked(run.kind, run.text) for run in text.runs)


def escape_attribute(text: Text) -> str:
    """Return *text* for a quoted attribute and for a title, where there are no elements; formulas in Unicode, as TeX where that cannot be."""
    return escape_markup(text.linear.source)


def escape_address(address: Address) -> str:
    """Return *address* for a quoted attribute and for the content of an element."""
    return escape_markup(address.url)


def _link(url: str) -> str:
    address = safe_address(url)
    shown = escape_markup(url)
    return f'<a href="{escape_address(address)}" rel="noreferrer">{shown}</a>' if address else shown


def _unlinked(kind: str, text: str) -> str:
    if kind == "formula":
        if math := formula(text):
            return math
        line = linear_tex(text)
        return escape_markup(line) if line else f"<code>{escape_markup(text)}</code>"
    return escape_markup(text)
