"""Metadata from BibTeX, as JabRef, Mendeley and Zotero export it, with the PDFs attached there.

Entries are read as btparse's manual describes the language: text outside of entries is a comment; a value is strings, numbers and names
of strings joined by `#`; braces and quotation marks nest. An entry that is broken ends at the next `@` that begins a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from offline_digest.gathering.citations import citation, full_name
from offline_digest.language import resolve_tex
from offline_digest.records import Metadata

_ENTRY = re.compile(r"^[ \t]*@[ \t]*([A-Za-z]+)\s*([{(])", re.MULTILINE)
_FIELD = re.compile(r"[\s,]*([^\s\"#%'(),={}]+)\s*=\s*")
_KEY = re.compile(r"[^,{}]*?(?=,)")
_BARE = re.compile(r"[^\s\"#%'(),={}]+")
_MONTHS = {name: str(n) for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}
_ESCAPED = re.compile(r"\\([_%&#$~{}])")
_ESCAPED_MARK = re.compile(r"\\([\\:;])")
_MARK = re.compile(r"(?<!\\)[{}\"]")
_CLOSED_BY = {"{": "}", '"': '"'}
_FORMULA = re.compile(r"(\$[^$]*\$)")


def is_bibtex(text: str) -> bool:
    """Tell whether there is an entry in *text*."""
    return _ENTRY.search(text) is not None


def read_bibtex(text: str, folder: Path) -> Iterator[Metadata]:
    """Yield the entries that have a title, in order; *folder* is where the export lies."""
    strings = dict(_MONTHS)
    for match in _ENTRY.finditer(text):
        kind = match[1].lower()
        if kind in ("comment", "preamble"):
            continue
        following = _ENTRY.search(text, match.end())
        body = text[match.end() : following.start() if following else len(text)]
        fields = dict(_fields(body if kind == "string" else body[_length_of_key(body) :], strings))
        if kind == "string":
            strings |= fields
        elif fields.get("title", "").strip():
            yield _metadata(fields, folder)


def _length_of_key(body: str) -> int:
    match = _KEY.match(body)
    return match.end() if match and "=" not in match[0] else 0


def _fields(body: str, strings: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the fields of an entry, names in lower case, up to its end or the first thing that is none."""
    position = 0
    while match := _FIELD.match(body, position):
        value, position = _value(body, match.end(), strings)
        yield match[1].lower(), value


def _value(body: str, position: int, strings: dict[str, str]) -> tuple[str, int]:
    """Return a value, its parts joined, and where it ends."""
    parts = []
    while position < len(body):
        if body[position] in '{"':
            end = _closing(body, position)
            parts.append(body[position + 1 : end])
            position = end + 1
        elif match := _BARE.match(body, position):
            parts.append(strings.get(match[0].lower(), match[0]))
            position = match.end()
        else:
            break
        joint = re.compile(r"\s*#\s*").match(body, position)
        if joint is None:
            break
        position = joint.end()
    return "".join(parts), position


def _closing(body: str, start: int) -> int:
    """Return where the brace or quotation mark at *start* is closed, the end of the text when it is not."""
    depth = 0
    for match in _MARK.finditer(body, start):
        depth += (match[0] == "{") - (match[0] == "}")
        if depth == 0 and match.start() > start and match[0] == _CLOSED_BY[body[start]]:
            return match.start()
    return len(body)


def _metadata(fields: dict[str, str], folder: Path) -> Metadata:
    eprint = fields.get("eprint", "")
    is_arxiv = (fields.get("archiveprefix") or fields.get("eprinttype") or "").lower() == "arxiv"
    day = fields.get("date") or "-".join(filter(None, (fields.get("year"), fields.get("month"), fields.get("day"))))
    return citation(
        folder,
        title=_text(fields["title"]),
        authors=(_name(name) for name in _parted(fields.get("author", ""))),
        abstract=_text(fields.get("abstract", "")),
        day=day,
        identifiers=(
            f"arXiv:{eprint}" if is_arxiv else eprint,
            *(
                _ESCAPED.sub(r"\1", fields[key])
                for key in ("doi", "url", "journal", "journaltitle", "note", "howpublished")
                if key in fields
            ),
        ),
        files=_files(fields.get("file", "")),
        licence=fields.get("copyright"),
    )


def _parted(names: str) -> list[str]:
    """Part names at each `and`, in any case, that stands in no braces; `others` stays the last one."""
    out, depth, start = [], 0, 0
    for match in re.finditer(r"[{}]|\sand\s", names, re.IGNORECASE):
        if match[0] in "{}":
            depth += 1 if match[0] == "{" else -1
        elif depth <= 0:
            out.append(names[start : match.start()])
            start = match.end() - 1
    return [name.strip() for name in [*out, names[start:]] if name.strip()]


def _name(name: str) -> str:
    """Return `Ada Lovelace` for `Lovelace, Ada`, `Ada Lovelace Jr.` for `Lovelace, Jr., Ada`; a name in braces is an institution's."""
    if name.startswith("{") and _closing(name, 0) == len(name) - 1:
        return _text(name)
    family, *rest = [_text(part) for part in name.split(",")]
    return full_name(*rest[-1:], family=family, suffix=" ".join(rest[:-1]))


def _text(value: str) -> str:
    """Return a value as plain text; formulas stay as they are."""
    parts = _FORMULA.split(value)
    return " ".join("".join(part if part.startswith("$") else re.sub(r"[{}]", "", resolve_tex(part)) for part in parts).split())


def _files(value: str) -> Iterator[str]:
    """Yield the paths of `path`, `:path:type` or `name:path:type`, many parted by semicolons; a backslash escapes either mark."""
    for item in re.split(r"(?<!\\);", value):
        parts = [_ESCAPED_MARK.sub(r"\1", part) for part in re.split(r"(?<!\\):(?!\\\\|/)", item)]
        yield (parts[1] if len(parts) > 2 else parts[0]).strip()
