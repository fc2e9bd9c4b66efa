"""A format is a folder that says how its posts are spelled and where they go; what is wrong with one is said with file and line."""

import pytest

from offline_digest.errors import ConfigError
from offline_digest.posting import Entry, formats, render_post

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
        ("{{ document() | json }}", "line 1: TemplateAssertionError: No filter named 'json'"),
        ("{% include 'mine/nothing.j2' %}", "line 1: TemplateNotFound"),
    ],
)
def test_template_errors_name_file_and_line(template, fault, own):
    """What is wrong with a template is found where it stands."""
    with pytest.raises(ConfigError) as caught:
        own(template)
    assert "own/mine/post.md.j2, " in caught.value.message.replace("\\", "/")
    assert fault in caught.value.message


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"target": "latex"}, "target: Value error, one of hexo"),
        ({"post": "../{topic}.md"}, "post: Value error, a path below"),
        ({"post": "/etc/{topic}.md"}, "post: Value error, a path below"),
        ({"post": "C:/{topic}.md"}, "post: Value error, a path below"),
        ({"post": "{nonsense}.md"}, "cannot be read: 'nonsense'"),
        ({"shows": "somewhere"}, "shows: Input should be 'root'"),
    ],
)
def test_manifest_errors_name_file_and_key(changes, fault, own):
    """A broken manifest is reported with its file, and no post is ever written outside the output folder."""
    with pytest.raises(ConfigError) as caught:
        own("x", **changes)
    assert "own/mine/format.toml" in caught.value.message.replace("\\", "/")
    assert fault in caught.value.message
