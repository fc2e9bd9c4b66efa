"""Front matter: YAML whose every string is a JSON string, for unquoted ones become numbers, dates, lists or code.

Source:
    YAML 1.2 section 1.3: every JSON string is a YAML string. `1e3` or `0o17` as a title is a number to Hexo.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from offline_digest.posting.targets.marks import MATHJAX, NUNJUCKS
from offline_digest.posting.tex import Run
from offline_digest.posting.texts import Text, clean


def plain_text(text: Text) -> str:
    """Return *text* for front matter, which themes print raw: no tags, no template brackets, no formula but ours, one line."""
    line = text.linear
    shown = line.source
    if shown.count("$") > 1:
        shown = Text(tuple(run if run.kind == "formula" else Run(run.kind, run.text.replace("$", "＄")) for run in line.runs)).source
    return NUNJUCKS.sub(" ", MATHJAX.sub("", shown).translate({ord("<"): "＜", ord(">"): "＞"})).strip()


def yaml_string(value: Text | str | Sequence[Text | str], spell: Callable[[Text], str] = plain_text) -> str:
    """Return *value*, joined where it is several, as a double-quoted string that JSON and YAML read alike; texts are spelled by *spell*."""
    parts = (value,) if isinstance(value, (Text, str)) else value
    return json.dumps(clean("".join(spell(part) if isinstance(part, Text) else part for part in parts)), ensure_ascii=False)
