"""Whole posts as golden files: a change of a post is seen in the review."""

import json
import os
from pathlib import Path

import pytest

from offline_digest.posting import PostDocument, formats
from offline_digest.resources import resource_dir

from . import samples

GOLDEN = Path(__file__).parent / "golden"
OTHERS = {
    "bilingual": ".md",
    "html": ".html",
    "hugo": ".md",
    "jekyll": ".md",
    "json": ".json",
    "markdown": ".md",
    "obsidian": ".md",
    "quarto": ".qmd",
}
POSTS = {
    "extractive": (samples.quoting(),),
    "chinese": (samples.chinese(), samples.chinese(title="Another Paper on Sorting", arxiv_id="quant-ph/9508027", version="v1")),
    "english_model": (samples.english(),),
    "refused_model": (samples.quoting(engine=samples.ENGLISH_MODEL),),
    "absent": (samples.digest(),),
    "no_id": (samples.chinese(arxiv_id=None, version=None), samples.bare()),
    "orchard": (samples.orchard(),),
    "mixed": (samples.chinese(), samples.quoting(title="Another Paper on Sorting", arxiv_id="2405.00001"), samples.orchard()),
}
FILES = [
    *((f"{name}.md", name, "hexo") for name in POSTS),
    *((f"{name}.{form}{suffix}", name, form) for name in ("no_id", "orchard", "mixed") for form, suffix in OTHERS.items()),
]


@pytest.mark.parametrize(("file", "name", "form"), FILES)
def test_posts_equal_their_golden_files(file, name, form, render, rewrite_golden):
    """A post is, byte for byte, what was reviewed last."""
    text = render(*POSTS[name], format=form).text
    path = GOLDEN / file
    if rewrite_golden:
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


def test_every_golden_file_is_compared():
    """No golden file lies about that no test reads, and every format that ships has one."""
    assert {path.name for path in GOLDEN.iterdir()} == {file for file, _, _ in FILES}
    assert {form for _, _, form in FILES} == set(formats())


def test_the_schema_is_that_of_the_values(rewrite_golden):
    """The published JSON Schema is made from the values that the `json` format prints."""
    path = resource_dir("templates") / "posts" / "json" / "post.schema.json"
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | PostDocument.model_json_schema(mode="serialization")
    text = json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
    if rewrite_golden:
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


def test_rewriting_is_off():
    """A run that rewrites golden files proves nothing and never passes."""
    assert not os.environ.get("REWRITE_GOLDEN"), "golden files were written anew: look at the difference, then run without the flag"
