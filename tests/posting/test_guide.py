"""docs/templates.md: its tables are those of the code, and its example is a format with which nothing is wrong."""

import dataclasses
import inspect
import re
from pathlib import Path

import pytest

from offline_digest.posting import Entry, find_faults, formats, licences, render_post, views
from offline_digest.posting.formats import load_format
from offline_digest.posting.rendering import compose
from offline_digest.posting.targets import TARGETS

from . import samples
from .conftest import DAY

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")
VIEWS = {name.removesuffix("View"): view for name, view in inspect.getmembers(views, inspect.isclass) if name.endswith("View")}
KINDS = VIEWS | {"Licence": licences.Licence}


def table(heading):
    """Return the rows of the first table behind a heading, without its head."""
    _, _, text = GUIDE.partition(f"\n{heading}\n")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.partition("\n#")[0].splitlines() if line.startswith("|")]
    return rows[2:]


def spelled(annotation):
    """Return a type of the code in the words of the guide."""
    kind = annotation.replace("View", "").replace("tuple[int, int]", "two int")
    if kind.startswith("dict[str, "):
        return f"{kind[len('dict[str, ') : -1]} by name"
    if kind.startswith("tuple["):
        return f"several {kind[len('tuple[') : -len(', ...]')]}"
    return kind.replace(" | None", " or none")


@pytest.mark.parametrize("kind", KINDS)
def test_the_guide_names_every_value_and_no_other(kind):
    """Name and kind of each value of each kind, in the order of the code."""
    properties = inspect.getmembers(KINDS[kind], lambda member: isinstance(member, property))
    wanted = [[f"`{field.name}`", spelled(field.type)] for field in dataclasses.fields(KINDS[kind])]
    wanted += [[f"`{name}`", spelled(member.fget.__annotations__["return"])] for name, member in properties]
    assert [row[:2] for row in table(f"### {kind}")] == wanted
    assert all(row[2] for row in table(f"### {kind}"))


def test_the_guide_names_every_kind():
    """Each has a section of its own."""
    assert sorted(re.findall(r"^### (\w+)$", GUIDE, re.MULTILINE)) == sorted(KINDS)


def test_the_guide_names_what_a_template_begins_with():
    """The values that every template sees, and the fields of a paper."""
    composed = compose(load_format("hexo"), "T", DAY, [Entry(digest=samples.bare())], figures="keep")
    assert sorted(row[0].strip("`") for row in table("## What a template sees")) == sorted(composed.values)
    (fields,) = [row[2] for row in table("### Entry") if row[0] == "`fields`"]
    assert re.findall(r"`(\w+)`", fields) == list(composed.values["entries"][0].fields)


def test_the_guide_names_the_filters_of_the_targets():
    """Each target has a row with its filters."""
    rows = {row[0].strip("`"): row[1] for row in table("## Texts are safe, and how")}
    assert set(rows) == set(TARGETS)
    for name, filters in rows.items():
        if not filters.startswith("the same"):
            assert set(re.findall(r"`(\w+)`", filters)) - {"document"} == set(TARGETS[name].places)
    assert TARGETS["hexo-html"].places == TARGETS["hexo"].places


def test_the_example_works(tmp_path, pictures):
    """Copied from the page, it is a format without faults."""
    files = dict(re.findall(r"\n`([\w/.]+)`\n\n```\w+\n(.*?)```", GUIDE, re.DOTALL))
    (notice,) = re.findall(r"As `hexo/notice.md.j2`:\n\n```jinja\n(.*?)```", GUIDE, re.DOTALL)
    for name, text in (files | {"hexo/notice.md.j2": notice}).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert "brief" in formats(own=[tmp_path])
    assert find_faults("brief", [tmp_path]) == ()
    assert find_faults("hexo", [tmp_path]) == ()
    entries = [Entry(digest=samples.orchard(), pictures=pictures), Entry(digest=samples.quoting(), pictures=pictures)]
    post = render_post("Soil", DAY, entries, format="brief", own=[tmp_path])
    assert str(post.path) == "notes/Soil 2024-08-27.md"
    assert post.text.count("\n- ") == 2
    assert "](https://arxiv.org/abs/2401.01234v2)\n  “We show that depth matters for summary" in post.text
    assert "由我的工作组整理" in render_post("Soil", DAY, entries, own=[tmp_path]).text
