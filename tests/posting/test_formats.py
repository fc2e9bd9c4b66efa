"""A format is a folder that says how its posts are spelled and where they go; what is wrong with one is said with file and line."""

import contextlib

import pytest

from offline_digest.errors import ConfigError
from offline_digest.posting import Entry, check_format, formats, render_post, watching

from . import samples
from .conftest import DAY

MANIFEST = 'target = "{target}"\ntemplate = "post.md.j2"\npost = "{post}"\npictures = "p/{{folder}}"\nshows = "{shows}"\n'


@pytest.fixture
def own(tmp_path):
    """Return a function that makes a format `mine` and renders with it."""

    def render(template, *, target="hexo", post="{day}/{topic}.md", shows="relative"):
        folder = tmp_path / "own" / "mine"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "format.toml").write_text(MANIFEST.format(target=target, post=post, shows=shows), encoding="utf-8")
        (folder / "post.md.j2").write_text(template, encoding="utf-8")
        entry = Entry(digest=samples.chinese(title="A _b_ <i>"))
        return render_post("The Topic", DAY, [entry], format="mine", own=[tmp_path / "own"])

    return render


def test_a_broken_template_is_found_before_any_work(override, tmp_path):
    """A file of the user's that Jinja cannot read is told before a post is made of anything."""
    override("hexo/notice.md.j2", "fine\n{% if %}")
    with pytest.raises(ConfigError, match=r"notice.md.j2, line 2: TemplateSyntaxError"):
        check_format("hexo", own=[tmp_path / "own"])
    override("html/old.j2", "{% nonsense %}")  # a file that nothing uses stops nothing
    check_format("html", own=[tmp_path / "own"])


def test_a_user_s_format_is_one_more(own, tmp_path):
    """A folder with a manifest is a format: its texts are escaped for its target, its post lies where it says."""
    post = own("{{ topic }}: {{ entries[0].title }}\n")
    assert str(post.path) == "2024-08-27/The Topic.md"
    assert post.text == "The Topic: A &#95;b&#95; &lt;i>\n"
    assert own("{{ entries[0].title }}", target="html").text == "A _b_ &lt;i&gt;"
    assert own("{{ entries[0].title }}", target="markdown").text == r"A \_b\_ \<i>"
    assert formats(own=[tmp_path / "own"]) == tuple(sorted({*formats(), "mine"}))


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ("fine\n{{ nonsense }}", "line 2: UndefinedError: 'nonsense' is undefined"),
        ("fine\n\n{% if %}", "line 3: TemplateSyntaxError"),
        ("{{ entries[0].nonsense }}", "line 1: UndefinedError"),
        ("{{ topic | nonsense }}", "line 1: TemplateAssertionError"),
        ("\n{{ 1 / 0 }}", "line 2: ZeroDivisionError"),
        ("{{ '' ~ entries[0].title }}", "line 1: TypeError: A text of a paper is printed through the target"),
        ("{{ entries[0].abs_url | string }}", "line 1: TypeError: An address is printed through the target"),
        ("{{ document | json }}", "line 1: TemplateAssertionError: No filter named 'json'"),
        ("{% include 'mine/nothing.j2' %}", "line 1: TemplateNotFound"),
        ("fine\n{% include 'mine/post.md.j2' %}", "line 2: RecursionError: it includes itself"),
        ("{{ entries[0].updated }}", "line 1: TypeError: there is nothing to print"),
        ("{{ entries[0].authors }}", "line 1: TypeError: tuple cannot be printed, only its parts"),
        ("{{ entries }}", "line 1: TypeError: tuple cannot be printed, only its parts"),
    ],
)
def test_template_errors_name_file_and_line(template, fault, own):
    """What is wrong with a template is found where it stands."""
    with pytest.raises(ConfigError) as caught:
        own(template)
    assert "own/mine/post.md.j2, " in caught.value.message.replace("\\", "/")
    assert fault in caught.value.message


@pytest.mark.parametrize("target", ["hexo", "hexo-html", "markdown", "html", "json"])
@pytest.mark.parametrize(
    "expression",
    [
        "entries[0].title | safe",
        "entries[0].title | e",
        "entries[0].title ~ ''",
        "'' ~ entries[0].title",
        "entries[0].title | string",
        "entries[0].authors | string",
        "entries | string",
        "entries[0].title.source",
        "entries[0].title['source']",
        "entries[0].title | attr('source')",
        "entries[0].title.runs[0].text",
        "[entries[0].title] | map(attribute='source') | first",
        "[entries[0].title] | map('string') | first",
        "[entries[0].title] | map('upper') | first",
        "[entries[0].title] | sum(attribute='source', start='')",
        "([entries[0].title] | groupby('source') | first)[0]",
        "entries[0].title | pprint",
        "entries | pprint",
        "entries[0].title | tojson",
        "entries[0].title | urlencode",
        "entries[0].title | replace('x', 'y')",
        "entries[0].title | truncate(9)",
        "{'x': entries[0].title} | xmlattr",
        "{'x': entries[0].title} | urlencode",
        "'%s' | format(entries[0].title)",
        "'%r' | format(entries[0].title)",
        "'%r' % (entries[0].title,)",
        "'{}'.format(entries[0].title)",
        "'{!r}'.format(entries[0].title)",
        "'{0.source}'.format(entries[0].title)",
        "'{x.source}'.format_map({'x': entries[0].title})",
        "''.join([entries[0].title])",
        "entries[0].title.__class__",
        "entries[0].links[0].url.url",
        "entries[0].links[0].url | string",
        "document | string",
        "document | pprint",
        "document | list",
        "document.make().topic",
        "document.make() | string",
        "'%r' | format(document)",
    ],
)
def test_no_template_prints_a_paper_s_text_as_it_is(expression, target, own):
    """Whatever a template makes of a text, an address or the whole document: an error, or nothing of what the paper says."""
    for template in (f"{{{{ {expression} }}}}", f"{{% autoescape false %}}{{{{ ({expression}) | safe }}}}{{% endautoescape %}}"):
        text = ""
        with contextlib.suppress(ConfigError):
            text = own(template, target=target).text
        assert "_b_ <i>" not in text
        assert "sorting_networks" not in text or target == "html"


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ topic.__class__.__init__.__globals__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{% set _ = entries[0].fields.clear() %}",
        "{% include '../../secret.txt' %}",
        "{% for n in range(10 ** 9) %}{% endfor %}",
    ],
)
def test_templates_run_no_code(template, own, tmp_path):
    """A template, which may come from anybody, reaches neither Python nor files outside its folders, and changes nothing it is given."""
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"line 1: (Security|TemplateNotFound|Overflow)"):
        own(template)


@pytest.fixture
def override(tmp_path, render):
    """Return a function that puts a file into the user's folder, and one that renders with it."""

    def put(path, text):
        file = tmp_path / "own" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return lambda form="hexo": render(samples.chinese(), samples.quoting(), format=form, own=[tmp_path / "own"]).text

    return put


def test_one_file_of_the_user_s_changes_that_file_alone(override, render):
    """A file takes the place of the one of its path, in every format that uses it; all others stay those that ship."""
    before = render(samples.chinese(), samples.quoting()).text
    notice = "> 我的提示。\n"
    after = override("hexo/notice.md.j2", notice)()
    start, end = before.index("> ⚠️"), before.index('\n\n<div id="paper-1">') + 1
    assert after == before[:start] + notice + before[end:]
    bilingual = render(samples.chinese(), samples.quoting(), format="bilingual").text
    changed = override("hexo/front.md.j2", "---\ntitle: {{ topic | yaml }}\n---\n")("bilingual")
    assert changed.endswith(bilingual.partition("\n---\n")[2])
    assert changed.startswith('---\ntitle: "Diffusion Models"\n---\n')


def test_a_file_of_the_user_s_can_use_the_one_that_ships(override, render):
    """What only adds to a file names it with `shipped/` before its path, and gets what changes there."""
    text = override("hexo/notice.md.j2", "{% include 'shipped/hexo/notice.md.j2' %}> 我的提示。\n")()
    assert text.replace("> 我的提示。\n", "") == render(samples.chinese(), samples.quoting()).text


def test_a_manifest_of_the_user_s_moves_the_posts(override, tmp_path):
    """`format.toml` is a file like the others."""
    override("markdown/format.toml", MANIFEST.format(target="markdown", post="notes/{topic}.md", shows="relative"))
    post = render_post("The Topic", DAY, [Entry(digest=samples.bare())], format="markdown", own=[tmp_path / "own"])
    assert str(post.path) == "notes/The Topic.md"


def test_a_file_that_is_no_text_is_named(override, tmp_path):
    """A template that cannot be decoded is an error that names it."""
    render = override("hexo/notice.md.j2", "")
    (tmp_path / "own" / "hexo" / "notice.md.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"own/hexo/notice.md.j2, line 1: TemplateSyntaxError: it cannot be read"):
        render()


def test_a_link_that_leads_out_is_not_followed(override, tmp_path):
    """Templates reach no file outside their folders, also where somebody put a link among them."""
    render = override("hexo/notice.md.j2", '{% include "hexo/x.md.j2" %}')
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (tmp_path / "own" / "hexo" / "x.md.j2").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(ConfigError, match=r"x.md.j2, line 1: .*leads out of the folder"):
        render()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"target": "latex"}, "line 1: target: one of hexo"),
        ({"post": "../{topic}.md"}, "line 3: post: a path below"),
        ({"post": "/etc/{topic}.md"}, "line 3: post: a path below"),
        ({"post": "C:/{topic}.md"}, "line 3: post: a path below"),
        ({"post": "{nonsense}.md"}, "line 3: post: its places are {day}"),
        ({"post": "{day.x}.md"}, "line 3: post: its places are {day}"),
        ({"post": 'x" y'}, "line 3: "),
        ({"shows": "somewhere"}, "line 5: shows: Input should be 'root'"),
    ],
)
def test_manifest_errors_name_file_and_key(changes, fault, own):
    """A broken manifest is reported with its file, and no post is ever written outside the output folder."""
    with pytest.raises(ConfigError) as caught:
        own("x", **changes)
    assert "own/mine/format.toml" in caught.value.message.replace("\\", "/")
    assert fault in caught.value.message


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{% for _ in range(99999) %}{% for _ in range(99999) %}{% endfor %}{% endfor %}", "took longer than"),
        ("{{ 7 ** (10 ** 9) }}", "took longer than"),
        ("{{ 'a' * 10 ** 13 }}", "took too much memory"),
    ],
)
def test_templates_that_never_end_are_ended(override, monkeypatch, template, reason):
    """A template of the user's that computes for ever, or fills the memory, is an error like any other, and the next one is filled as ever."""
    fill = override("hexo/notice.md.j2", template)
    with monkeypatch.context() as patch:
        patch.setattr(watching, "LIMIT_S", 5.0)
        with pytest.raises(ConfigError, match=reason):
            fill()
    assert "> Fine." in override("hexo/notice.md.j2", "> Fine.\n")()
