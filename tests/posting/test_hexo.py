"""A real Hexo build of a hostile post: with both renderers that blogs use, everything is shown and nothing is carried out."""

import json
import re
import shutil
import subprocess
from random import Random
from urllib.parse import unquote

import pytest

from offline_digest.posting import write_post
from offline_digest.posting.targets.hexo import escape_heading, escape_inline
from offline_digest.posting.texts import clean, plain

from . import samples
from .conftest import SITE
from .formulas import formulas_in, formulas_of
from .payloads import PAYLOADS
from .reading import Page
from .test_escaping import HOSTILE
from .test_hostile import attack

RUN_CODE = "{{ ''.constructor.constructor(\"require('fs').writeFileSync('pwned', '')\")() }}"
TITLE = f"{RUN_CODE} {{% raw %}} <script>alert(1)</script> _a_ & *b*"
TOPIC = "1e3: 'a' \"b\" {{ 7 * 7 }} [x], &c. # 元宇宙/虚拟人"
NAMES = {"Summary · 一句话总结", "Key takeaways · 要点", "What it is about · 内容", "Method, step by step · 方法步骤", "Conclusion · 结论"}
ALLOWED = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "article",
    "blockquote",
    "p",
    "code",
    "h1",
    "h2",
    "a",
    "strong",
    "br",
    "ul",
    "ol",
    "li",
    "details",
    "div",
    "summary",
    "img",
    "span",
}


def run_tool(command, folder):
    """Run one command and fail with what it printed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def generate(post, site, modules, *renderers, theme="plain"):
    """Build a site of one post and give its folder, the log and the page's file."""
    shutil.copytree(SITE / "theme", site / "themes" / "plain")
    config = (SITE / "_config.yml").read_text(encoding="utf-8")
    (site / "_config.yml").write_text(config.replace("theme: plain", f"theme: {theme}"), encoding="utf-8")
    package = json.loads((SITE / "package.json").read_text(encoding="utf-8"))
    wanted = ("hexo", *(f"hexo-renderer-{name}" for name in renderers))
    package["dependencies"] = {name: package["dependencies"][name] for name in wanted}
    (site / "package.json").write_text(json.dumps(package), encoding="utf-8")
    (site / "node_modules").symlink_to(modules, target_is_directory=True)
    write_post(post, site / "source")
    log = run_tool(["node", "node_modules/hexo/bin/hexo", "generate"], site)
    (path,) = (site / "public").rglob("*.html")
    return site, log, path


@pytest.fixture(params=["marked", "kramed"])
def build(request, tmp_path, modules):
    """Return a function that builds a site of one post and gives the site's folder, the log and the page."""

    def build_site(post):
        site, log, path = generate(post, tmp_path / "site", modules, "ejs", request.param)
        return site, log, Page(path.read_text(encoding="utf-8"))

    return build_site


def hostile_post(render):
    """Return a post that tries to break out of every place, and an ordinary paper after it."""
    attack = f"{RUN_CODE} {{# x #}} <img src=x onerror=alert(1)> [x](javascript:alert(1)) ``` </details> # - 1. **b** _i_ | a |"
    fields = (
        samples.field("summary", f"--- {attack}"),
        samples.field("takeaways", f"# {attack}", f"- {attack}", "```js", "| a | b |", "|---|---|", language="en", origin="extract"),
        samples.field("methods", f"1. {attack}", "$\\href{javascript:alert(1)}{x}$"),
        samples.field("results", f"> {attack}"),
    )
    figures = tuple(figure.model_copy(update={"caption": attack}) for figure in samples.digest().figures)
    hostile = samples.chinese(
        title=TITLE,
        authors=(attack, "Ann_B_ Lee"),
        abstract=attack,
        comment=attack,
        affiliations=(attack,),
        keywords=(attack,),
        fields=fields,
        figures=figures,
        warnings=(attack,),
    )
    return render(hostile, samples.chinese(arxiv_id="2401.05678"), samples.bare(), topic=TOPIC)


@pytest.mark.slow
def test_renderers_show_any_text_as_text(modules, tmp_path):
    """Two thousand hostile texts, in each place of a post, come out of both renderers as the text they are."""
    random = Random(1)  # noqa: S311 - the same texts in every run
    words = (*HOSTILE, "_b_", "a_b_", "*c*", "[x][y]", "[a]: b", "<b", "~x~", "$x_i$", "$a_{b}$", "C#", "(x)", "1)")
    texts = [f"x{''.join(random.choices(words, k=random.randint(1, 14)))}" for _ in range(2000)]
    places = [(escape_inline(plain(text)), f"- {escape_inline(plain(text))}\n- b", f"## {escape_heading(plain(text))}") for text in texts]
    (tmp_path / "in.json").write_text(json.dumps(places), encoding="utf-8")
    run_tool(["node", str(SITE / "render.js"), str(modules), "in.json", "out.json"], tmp_path)
    pages = [[Page(html) for html in row] for row in json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))]
    for text, row in zip(texts, pages, strict=True):
        for page, tags in zip(row, (["p"], ["ul", "li", "li"], ["h2"]) * 2, strict=True):
            assert [tag for tag in page.tags if tag not in ("a", "span")] == tags, text
            assert all(address.startswith(("http://", "https://")) for address in page.addresses), text
        if "\\" not in text and "$" not in text:
            shown = {re.sub(r"\s", "", unquote(page.text)) for page in (row[0], row[3])}
            assert shown == {re.sub(r"\s", "", unquote(clean(text)))}


@pytest.mark.slow
def test_hexo_shows_everything_and_runs_nothing(build, render):
    """Hostile strings reach the page as text: no template code runs, no tag appears, no address but web pages and pictures."""
    post = hostile_post(render)
    site, log, page = build(post)
    assert "ERROR" not in log
    assert not list(site.rglob("pwned"))
    assert set(page.tags) <= ALLOWED
    assert not page.handlers
    assert all(address.startswith(("http://", "https://", "/paper-figures/", "#")) for address in page.addresses)
    assert all((site / "public" / path).is_file() for _, path in post.assets)


@pytest.mark.slow
def test_hexo_keeps_the_shape(build, render):
    """Each paper has one heading with its title and one list that counts from 1 to 8; formulas keep their dollars."""
    _, _, page = build(hostile_post(render))
    straight = [heading.translate(str.maketrans("‘’“”", "''\"\"")) for heading in page.headings]
    ordinary = "Small Networks Sort: A Study of Depth & Width (Extended)"
    assert straight == ["2024-08-27 更新", TITLE, ordinary, ordinary]
    assert page.tags.count("ol") == 4
    assert page.text.lstrip().startswith("1e3: 'a' \"b\" { { 7 * 7 } } [x], &c. # 元宇宙/虚拟人\n")
    assert "$n_{\\max} \\leq 2^{n}$ numbers, at a cost below $5" in page.text


def check_every_payload(site, log, page):
    """Nothing was evaluated, and every picture and every anchor is there."""
    assert "ERROR" not in log
    assert not list(site.rglob("pwned"))
    assert set(page.tags) <= ALLOWED | {"h3"}
    assert not page.handlers
    assert page.sources
    assert all((site / "public" / unquote(address.removeprefix("/"))).is_file() for address in page.sources)
    assert {address for address in page.addresses if address.startswith("#paper-")} == {f"#paper-{n + 1}" for n in range(len(PAYLOADS) + 1)}
    assert all(re.match(r"https?://|/paper-figures/|#", address) for address in page.addresses)
    assert len([heading for heading in page.headings if heading not in NAMES]) == 2 + len(PAYLOADS)
    assert "调度器每天只保留两个数：土壤亏缺 $X_t$ 及其方差 $V_t$。" in page.text


@pytest.fixture
def every_payload(render):
    """Return a function that renders a post with one paper per payload and the sample paper."""
    return lambda form: render(*(attack(payload) for payload in PAYLOADS), samples.orchard(), topic=TOPIC, format=form)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["hexo", "bilingual"])
def test_hexo_builds_every_payload(form, build, every_payload):
    """Of a post with one paper per payload nothing is evaluated, and every picture and every anchor is there."""
    check_every_payload(*build(every_payload(form)))


@pytest.mark.slow
@pytest.mark.parametrize("form", ["hexo", "bilingual"])
def test_butterfly_builds_every_payload(form, modules, tmp_path, every_payload):
    """So it is in the theme that the posts are made for, where MathJax finds all formulas and nothing that was none."""
    site, log, path = generate(every_payload(form), tmp_path / "site", modules, "marked", "pug", "stylus", theme="butterfly")
    article = path.read_text(encoding="utf-8").partition('id="article-container">')[2].partition("</article>")[0]
    check_every_payload(site, log, Page(f"<article>{article}</article>"))
    expected = {formula for digest in (*map(attack, PAYLOADS), samples.orchard()) for formula in formulas_in(digest)}
    assert formulas_of(f"<article>{article}</article>", ("$", "$"), modules, tmp_path) == expected
