"""What is wrong with a template is found without its user, with file and line, and what is fine is left in peace."""

import shutil

import pytest

from offline_digest.errors import UsageError
from offline_digest.posting import copy_files, find_faults, formats
from offline_digest.posting.checking.filling import HARMLESS_ADDRESS, HOSTILE_ADDRESS
from offline_digest.posting.checking.structure import structure_of
from offline_digest.posting.texts import safe_address
from offline_digest.resources import resource_dir

MANIFEST = 'target = "{target}"\ntemplate = "post.{suffix}.j2"\npost = "{{topic}}.{suffix}"\npictures = "p"\nshows = "{shows}"\n'
SHIPPED = resource_dir("templates") / "posts"


@pytest.fixture
def faults(tmp_path):
    """Return a function that makes a format `mine` of one template and gives what is wrong with it: file, line, words."""

    def check(template, *, target="markdown", suffix="md", shows="relative", **files):
        folder = tmp_path / "own" / "mine"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "format.toml").write_text(MANIFEST.format(target=target, suffix=suffix, shows=shows), encoding="utf-8")
        (folder / f"post.{suffix}.j2").write_text(template, encoding="utf-8")
        for name, text in files.items():
            (folder / f"{name}.j2").write_text(text, encoding="utf-8")
        found = find_faults("mine", [tmp_path / "own"])
        return [(fault.file.removeprefix(str(folder))[1:], fault.line, fault.said) for fault in found]

    return check


@pytest.mark.parametrize("form", formats())
def test_nothing_is_wrong_with_what_ships(form):
    """Every format passes its own check."""
    assert find_faults(form) == ()


@pytest.mark.parametrize("form", formats())
def test_nothing_is_wrong_with_a_copy(form, tmp_path):
    """A new format made from one that ships stands on its own files and is fine, as are copies in the place of those that ship."""
    own = tmp_path / "own"
    copy_files("mine", own, base=form, own=[own])
    assert find_faults("mine", [own]) == ()
    copy_files(form, own, own=[own])
    shutil.rmtree(own / "mine")
    assert find_faults(form, [own]) == ()


FINE = "# {{ topic | heading }}\n"
LOOP = "{% for entry in entries %}\n## {{ entry.title | heading }}\n\n"


@pytest.mark.parametrize(
    ("template", "line", "words"),
    [
        (FINE + "{% if %}", 2, "TemplateSyntaxError"),
        (FINE + "{{ topic | nonsense }}", 2, "No filter named 'nonsense'"),
        (FINE + "{% if entries[0].version == 'v9' %}\n{{ nonsense }}\n{% endif %}", 3, "nothing defines 'nonsense'"),
        (FINE + "{% include 'mine/nothing.j2' %}", 2, "there is no template 'mine/nothing.j2'"),
        (FINE + "{{ entries[0].nonsense }}", 2, "has no attribute 'nonsense'"),
        (FINE + LOOP + "{{ entry.updated }}\n{% endfor %}", 5, "nothing to print (none) (with"),
        (FINE + LOOP + "{{ entry.authors[0] }}\n{% endfor %}", 5, "(with a paper of which nothing is known)"),
        (FINE + "{{ topic.source }}", 2, "SecurityError"),
        ("\n---\ntitle: {{ topic | yaml }}\n---\n", 2, "begins with the first byte"),
        ("\ufeff---\nx: y\n---\n", 1, "begins with the first byte"),
        ("---\ndate: {{ day }}\ntags: [a\n---\n", 3, "no YAML"),
        ("---\ndate: 2024-13-41\n---\n", 2, "no YAML"),
        ("---\ndate: {{ day }}\n\n# {{ topic | heading }}\n", 1, "has no end"),
        ("---\nwords\n---\n", 2, "has no keys"),
        ("+++\ndate = {{ day }}\nb = \n+++\n", 3, "no TOML"),
        (FINE + "\n![logo](logo.png)\n", 3, "the picture 'logo.png' is none"),
        (FINE + "\n![logo](/p/logo.png)\n", 3, "the picture '/p/logo.png' is none"),
    ],
)
def test_what_is_wrong_is_found_where_it_stands(template, line, words, faults):
    """One thing wrong, one fault."""
    (found,) = faults(template, target="hexo" if template.startswith(("---", "\n---")) and "yaml" in template else "markdown")
    assert found[:2] == ("post.md.j2", line)
    assert words in found[2]


@pytest.mark.parametrize(
    ("target", "suffix", "template", "line"),
    [
        ("hexo", "md", "---\ntitle: {{ topic }}\n---\n", 2),
        ("hexo", "md", '---\nx: y\ntitle: "{{ topic }}"\n---\n', 3),
        ("hexo", "md", "---\n{{ topic | yaml }}: x\n---\n", 2),
        ("hexo", "md", "x\n\n{{ topic | html }}\n", 3),
        ("hexo", "md", "x\n\n{{ topic | yaml }}\n", 3),
        ("hexo", "md", '<p title="{{ topic }}">x</p>', 1),
        ("markdown", "md", "x\n[{{ topic }}](https://example.org)", 2),
        ("markdown", "md", "x\n\n{{ topic | label }}\n", 3),
        ("markdown", "md", "<p>x\n{{ topic }}</p>", 2),
        ("html", "html", "<p>\n<b title='{{ topic }}'></b><b title={{ topic | attribute }}></b></p>", 2),
        ("html", "html", "<p>x</p>\n<script>var x = 1; {{ topic }}</script>", 2),
        ("html", "html", "<p>x</p>\n<p onclick='{{ topic }}'>x</p>", 2),
    ],
)
def test_lines_that_print_hostile_words_so_that_they_are_carried_out_are_named(target, suffix, template, line, faults):
    """Each place of a text has rules of its own; the line that goes against them is found, whichever way it does."""
    (found,) = faults(template, target=target, suffix=suffix)
    assert found[:2] == (f"post.{suffix}.j2", line), found
    assert "what a paper says is carried out here" in found[2]


def test_a_fault_in_a_file_that_is_included_is_found_there(faults):
    """In the file and line of what is wrong, not where it is included; a macro's in the macro."""
    included = "fine\n\n{% macro name(text) %}\nx {{ text | yaml }}\n{% endmacro %}\n{{ name(topic) }}\n"
    (found,) = faults("# x\n\n{% include 'mine/part.j2' %}\n", target="hexo", part=included)
    assert found[:2] == ("part.j2", 4)
    (found,) = faults("# x\n\n{% include 'mine/part.j2' %}\n", part="fine\n\n![x](logo.png)\n")
    assert found[:2] == ("part.j2", 3)
    (found,) = faults(
        "{% extends 'mine/base.j2' %}\n{% block x %}\n\n![x](logo.png)\n{% endblock %}", base="a\n{% block x %}{% endblock %}\n"
    )
    assert found[:2] == ("post.md.j2", 4)


def test_a_post_of_nothing_is_no_json(faults):
    """Even that has a line."""
    ((file, line, said),) = faults("{# nothing #}", target="json", suffix="json")
    assert (file, line) == ("post.json.j2", 1)
    assert "no JSON" in said


def test_a_file_that_nothing_uses_is_told(faults):
    """A name with a slip of the pen overrides nothing."""
    assert faults(FINE, prat="x") == [("prat.j2", 1, "no template of the format uses this file")]
    assert faults("{% set name = 'mine/prat.j2' %}{% include name %}", prat="x") == []


def test_a_broken_manifest_is_a_fault(tmp_path):
    """With the line of its key."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "format.toml").write_text(MANIFEST.format(target="latex", suffix="md", shows="root"), encoding="utf-8")
    (fault,) = find_faults("mine", [tmp_path])
    assert (fault.file, fault.line) == (str(tmp_path / "mine" / "format.toml"), 1)
    with pytest.raises(UsageError, match="no post format"):
        find_faults("nonsense", [tmp_path])


def test_addresses_that_are_planted_could_be_those_of_a_paper():
    """What no paper could link to proves nothing."""
    for address in (HARMLESS_ADDRESS, HOSTILE_ADDRESS):
        assert safe_address(address.url) == address


@pytest.mark.parametrize(
    ("one", "other", "suffix"),
    [
        ("<p>a</p>", "<p>b</p>", ".html"),
        ("<p title='a'>a</p>", "<p title='b'>b</p>", ".html"),
        ('{"a": ["x", 1]}', '{"a": ["y", 2]}', ".json"),
        ("---\na: x\n---\nx *y*", "---\na: z\n---\nz *y*", ".md"),
        ("<https://planted.example/a>", "<https://planted.example/b>", ".md"),
    ],
)
def test_words_are_no_structure(one, other, suffix):
    """Two posts that differ in words are made of the same."""
    assert structure_of(one, suffix, planted="https://planted.example/") == structure_of(other, suffix, planted="https://planted.example/")


@pytest.mark.parametrize(
    ("one", "other", "suffix"),
    [
        ("<p>a</p>", "<p>a<p>", ".html"),
        ("<p>a</p>", "<p>a<!-- x --></p>", ".html"),
        ("<p title='a'>a</p>", "<p title='a' onclick='a'>a</p>", ".html"),
        ("<a href='b'>a</a>", "<a href='c'>a</a>", ".html"),
        ('{"a": ["x", 1]}', '{"a": ["x", "1"]}', ".json"),
        ("---\na: x\n---\nx", "---\na: 1\n---\nx", ".md"),
        ("---\na: x\n---\nx", "---\nb: x\n---\nx", ".md"),
        ("x *y*", "x _y", ".md"),
        ("a b", "a {{ b }}", ".md"),
        ("<https://planted.example/a>", "<https://example.org/b>", ".md"),
    ],
)
def test_what_a_renderer_does_is_structure(one, other, suffix):
    """Elements, attributes, addresses, keys and types, marks of template languages."""
    assert structure_of(one, suffix, planted="https://planted.example/") != structure_of(other, suffix, planted="https://planted.example/")
