"""What a paper or a model says is shown in every format, and never carried out: no tag, no link, no request, no front matter of its own."""

import re

import pytest

from offline_digest.posting import PostDocument, formats
from offline_digest.posting.texts import clean
from offline_digest.records import Line, Link, SectionRead

from . import samples
from .payloads import PAYLOADS
from .reading import Page, page, split_post

FRAMED = ("hexo", "bilingual", "hugo", "jekyll", "quarto", "obsidian")
IN_MARKDOWN = ("markdown", "hugo", "jekyll", "quarto", "obsidian")  # pictures, too
# What a text itself may become: a link to a web page, a formula, a dollar that MathJax leaves alone.
OF_TEXTS = {
    "a",
    "span",
    "code",
    "math",
    "mrow",
    "mi",
    "mn",
    "mo",
    "mtext",
    "msub",
    "msup",
    "msubsup",
    "mfrac",
    "mspace",
    "msqrt",
    "mtable",
    "mtr",
    "mtd",
}
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd\ud800-\udfff]")
NUNJUCKS = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")


def attack(payload):
    """Return a digest that holds *payload* in every place where a paper, its metadata or a model has a say."""
    fields = tuple(
        text.model_copy(update={"lines": tuple(line.model_copy(update={"text": payload}) for line in text.lines)})
        for text in samples.orchard().fields
    )
    coverage = samples.COVERAGE.model_copy(
        update={"sections": tuple(SectionRead(heading=payload, pages=(1, 2), read=how) for how in ("condensed", "in_part", "left_out"))}
    )
    figures = tuple(figure.model_copy(update={"caption": payload, "label": payload}) for figure in samples.digest().figures)
    model = samples.CHINESE_MODEL.model.model_copy(update={"name": payload, "file": payload, "quantization": payload})
    return samples.digest(
        title=payload,
        authors=(payload, "Ann Lee"),
        affiliations=(payload,),
        keywords=(payload,),
        abstract=payload,
        comment=payload,
        licence=payload,
        warnings=(payload,),
        figures=figures,
        fields=fields,
        coverage=coverage,
        engine=samples.CHINESE_MODEL.model_copy(update={"model": model}),
        prompt_version=payload,
        tool_version=payload,
    )


TEXTUAL = tuple(name for name in formats() if name != "json")


def rendered(render, form, payload):
    """Return the page that readers of a hostile post get, its front matter and its body."""
    text = render(attack(payload), topic=f"Topic {payload}", format=form, updated=payload).text
    if form == "html":
        return Page(text), None, text.partition("<body>")[2]
    front, body = split_post(re.sub(r" \{#paper-\d+\}\n", "\n", text)) if form in FRAMED else (None, text)
    return page(body), front, body


def body_tags(shown):
    return [tag for tag in shown.tags if tag not in OF_TEXTS]


@pytest.fixture(params=TEXTUAL)
def posts(request, render):
    """Return a format, its harmless post, and all its hostile ones with their payloads."""
    form = request.param
    return form, rendered(render, form, "harmless"), [(payload, *rendered(render, form, payload)) for payload in PAYLOADS]


def test_no_payload_changes_a_post(posts):
    """A post of a hostile paper has the elements of one of a harmless paper, its addresses lead to web pages and its own pictures only."""
    form, (harmless, front, _), hostile = posts
    own = r"/(paper-figures|assets/papers)/.*\.png|data:image/png;base64,[\w+/=]*|[^:]+\.png"
    for payload, shown, own_front, body in hostile:
        assert body_tags(shown) == body_tags(harmless), payload
        assert len(shown.headings) == len(harmless.headings), payload
        assert not shown.handlers, payload
        assert all(re.fullmatch(rf"https?://.*|#(\^|%5E)?paper-\d.*|data:,|{own}", address) for address in shown.addresses), payload
        assert all(re.fullmatch(own, address) for address in shown.sources), payload
        assert not UNSEEN.search(body), payload
        assert not NUNJUCKS.search(body), payload
        if form in FRAMED:
            assert [key for key, _ in own_front] == [key for key, _ in front], payload
        if not re.search(r"[\\$]|https?:|&", payload):  # text without TeX and addresses is there, character for character
            assert re.sub(r"\s", "", clean(payload)) in re.sub(r"\s", "", shown.text), payload


@pytest.mark.parametrize("form", TEXTUAL)
def test_only_web_addresses_are_linked(form, render):
    """Identifiers and links that are no web addresses are not linked; nothing of them gets into a tag."""
    for payload in PAYLOADS:
        digest = samples.digest(doi=payload, version=payload, arxiv_id=payload, links=(Link(url=payload, page=1, own=True),))
        text = render(digest, format=form).text
        shown = Page(text) if form == "html" else page(text)
        assert not shown.handlers
        assert not {"script", "iframe", "form", "base", "object"} & set(shown.tags)
        assert not any(re.match(r"(?i)\s*(javascript:|vbscript:|data:text)", address) for address in shown.addresses)


def test_json_keeps_every_string(render):
    """A JSON post reads back as the same values, and spells nothing that a terminal or an HTML page would take for its own."""
    for payload in PAYLOADS:
        digest = attack(payload.replace("\ud800", ""))
        text = render(digest, format="json").text
        assert PostDocument.model_validate_json(text).papers[0].digest == digest, payload
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff<>&]", text), payload


def test_html_needs_nothing_else(render):
    """The `html` format forbids scripts and requests by its policy, and holds its pictures itself."""
    post = render(samples.orchard(), samples.quoting(), format="html")
    assert post.assets == ()
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'" in post.text
    assert "url(" not in post.text
    assert "@import" not in post.text
    shown = Page(post.text)
    assert "script" not in shown.tags
    assert shown.tags.count("img") == 7
    assert {line.split(":")[0] for line in shown.addresses if not line.startswith("#")} == {"data", "http", "https"}


def test_pictures_have_descriptions(render):
    """Every picture of every format is described, one without a caption by its label and page."""
    figures = (samples.digest().figures[0].model_copy(update={"caption": ""}),)
    for form in formats():
        text = render(samples.digest(figures=figures), format=form).text
        if form in IN_MARKDOWN:
            assert re.findall(r"!\[(.*?)\]", text) == ["Figure 1, p. 2", "Table 1: Costs"]
        elif form != "json":
            assert re.findall(r'<img [^>]*alt="(.*?)"', text) == ["Figure 1, p. 2", "Table 1: Costs"]


def test_lines_of_a_model_name_their_pages(render):
    """Both languages name pages in their own way."""
    line = Line(text="Sorting is old.", pages=(2, 4))
    field = samples.field("summary").model_copy(update={"lines": (line,), "language": "en"})
    for form in ("bilingual", "html", "markdown"):
        assert "(pp.\u00a02,\u00a04)" in render(samples.digest(fields=(field,)), format=form).text
