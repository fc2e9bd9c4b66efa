"""Everything that can be found wrong with a format without its user."""

from __future__ import annotations

import posixpath
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import unquote, urlsplit

from jinja2 import Environment, TemplateNotFound, nodes
from jinja2.meta import find_referenced_templates, find_undeclared_variables

from offline_digest.errors import ConfigError, UsageError
from offline_digest.posting.checking.filling import PLANTED, Filled, Planting, Site
from offline_digest.posting.checking.papers import draw_pictures, sample_entries
from offline_digest.posting.checking.structure import NotWellFormed, Structure, structure_of
from offline_digest.posting.environment import make_environment
from offline_digest.posting.formats import MANIFEST, Fault, Format, folders, formats, read_manifest
from offline_digest.posting.rendering import FAULTS, Composed, compose, said, where
from offline_digest.posting.shelf import list_files
from offline_digest.posting.targets import TARGETS
from offline_digest.posting.values import Entry
from offline_digest.posting.watching import has_own, watched

# What a paper could say to a renderer, by what would hear it: HTML, an attribute, Markdown in a line and at its start, template languages, YAML.
HOSTILE = (
    "</p></div></details></article><script>planted</script><img src=planted onerror=planted> <!-- planted",
    "\" onplanted=\"planted\" ' onplanted='planted'",
    "[planted](planted.html) ![planted](planted.png) **planted** __planted__ ~~planted~~ `planted` <planted>",
    "{{ planted }} {% planted %} {# planted #} {{< planted >}}",
    *("# planted", "- planted", "1. planted", "> planted", "---", "===", "```planted", "[planted]: planted.html"),
    *("planted: planted # planted", "yes", "null", "2024-08-27", "1e3", "@planted", "*planted", "[planted, planted]", '"', "planted\\"),
)
_DAY = date(2024, 8, 27)
_TOPIC = "Harmless Words"
_UNUSED = "no template of the format uses this file"
_OF_JINJA = frozenset({"self", "super", "caller", "varargs", "kwargs", "loop"})


def find_faults(name: str, own: Sequence[Path] = ()) -> tuple[Fault, ...]:
    """Return what is wrong with the format *name*, each thing once, by file and line; nothing when it is fine.

    Read: its manifest, and every template that it leads to: syntax, filters, names that nothing defines. Filled with papers that have
    everything, little, and nothing: errors, front matter that is none, pictures that are not there. Filled with papers that say to renderers what
    they could carry out: lines that print it so.

    Raises:
        UsageError: There is no such format.
    """
    if name not in formats(own=own):
        raise UsageError(f"There is no post format {name!r}.", f"Those at hand: {', '.join(formats(own=own))}.")
    if not has_own(own):
        return look(name, own)
    try:
        found: tuple[Fault, ...] = watched("faults", name, tuple(own))
    except ConfigError as error:
        return (Fault(file=str(_manifest(name, own)), line=1, said=error.message.rstrip(".")),)
    return found


def _manifest(name: str, own: Sequence[Path]) -> Path:
    return next(path for folder in folders(own) if (path := folder / name / MANIFEST).is_file())


def look(name: str, own: Sequence[Path]) -> tuple[Fault, ...]:
    """Return what `find_faults` returns of a format that is there, filled in this process."""
    known = read_manifest(_manifest(name, own))
    if isinstance(known, Fault):
        return (known,)
    found = _Check(name, known, own).faults()
    return tuple(sorted(dict.fromkeys(found), key=lambda fault: (fault.file, fault.line)))


def _everywhere(word: str, but: set[Site]) -> Callable[[Site], str | None]:
    return lambda site: None if site in but else word


def _at(word: str, wanted: Site) -> Callable[[Site], str | None]:
    return lambda site: word if site == wanted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reference:
    """The name of a template, and where it is said."""

    name: str
    file: str
    line: int
    is_needed: bool = True


class _Check:
    """One format, looked at."""

    def __init__(self, name: str, known: Format, own: Sequence[Path]) -> None:
        self._name, self._known, self._own = name, known, own
        self._searched = folders(own)
        self._main = f"{name}/{known.template}"
        self._manifest = str(_manifest(name, own))
        self._planting = Planting(TARGETS[known.target])
        self._environment = make_environment(self._planting.target, self._searched)

    def faults(self) -> Iterator[Fault]:
        """Yield what is wrong; templates that are wrong as they are read are not filled."""
        with tempfile.TemporaryDirectory() as folder:
            draw_pictures(Path(folder))
            posts = list(self._posts(sample_entries(Path(folder))))
            found = list(self._read(posts[0][1].values))
            yield from found
            if all(fault.said == _UNUSED for fault in found):
                yield from self._fill(posts)

    def _posts(self, entries: Mapping[str, Entry]) -> Iterator[tuple[str, Composed]]:
        """Yield posts by what they show; the last has everything."""
        ways: tuple[tuple[str, list[Entry], Literal["keep", "licensed"]], ...] = (
            *((what, [entry], "keep") for what, entry in entries.items()),
            ("pictures that may not be shown", list(entries.values()), "licensed"),
            ("several papers", list(entries.values()), "keep"),
        )
        for what, shown, figures in ways:
            yield what, compose(self._known, _TOPIC, _DAY, shown, figures=figures)

    # Reading

    def _read(self, values: Mapping[str, object]) -> Iterator[Fault]:
        """Yield what is wrong with the templates that the format leads to, and with files that it does not lead to."""
        trees: dict[str, nodes.Template] = {}
        wanted: list[_Reference] = [_Reference(name=self._main, file=self._manifest, line=1)]
        seen: set[str] = set()
        while wanted:
            reference = wanted.pop()
            if reference.name in seen:
                continue
            try:
                self._environment.get_template(reference.name)
                tree = trees[reference.name] = self._tree(reference.name)
            except TemplateNotFound:
                if reference.is_needed:
                    yield Fault(file=reference.file, line=reference.line, said=f"there is no template {reference.name!r}")
                continue
            except FAULTS as error:
                yield self._fault(error)
                continue
            finally:
                seen.add(reference.name)
            wanted += _references(tree, self._path(reference.name))
        known = {*values, *self._environment.globals, *_OF_JINJA, *(name for tree in trees.values() for name in _defined(tree))}
        for name, tree in trees.items():
            unknown = find_undeclared_variables(tree) - known
            for node in tree.find_all(nodes.Name):
                if node.name in unknown:
                    yield Fault(file=self._path(name), line=node.lineno, said=f"nothing defines {node.name!r}")
        if all(name is not None for tree in trees.values() for name in find_referenced_templates(tree)):
            for file in list_files(self._own):
                if file.is_own and file.format == self._name and file.name.endswith(".j2") and file.name not in seen:
                    yield Fault(file=str(file.path), line=1, said=_UNUSED)

    def _tree(self, name: str) -> nodes.Template:
        environment: Environment = self._environment
        assert environment.loader is not None  # noqa: S101 (it was made with one)
        source, path, _ = environment.loader.get_source(environment, name)
        return environment.parse(source, name, path)

    def _path(self, name: str) -> str:
        return str(self._environment.get_template(name).filename)

    # Filling

    def _fill(self, posts: Sequence[tuple[str, Composed]]) -> Iterator[Fault]:
        """Yield what is wrong with posts of papers that say nothing special, then with one of papers that do."""
        failed: set[Site] = set()
        for what, post in posts:
            try:
                filled = Filled(self._environment, self._main, post.values)
            except FAULTS as error:
                fault = self._fault(error, f" (with {what})")
                if (fault.file, fault.line) not in failed:
                    failed.add((fault.file, fault.line))
                    yield fault
                continue
            try:
                structure = self._structure(filled.text)
            except NotWellFormed as error:
                file, line = filled.site(error.line)
                failed.add((file, line))
                yield Fault(file=file, line=line, said=error.said)
                continue
            yield from self._pictures(structure, filled, post)
        if not failed:
            yield from self._plant(posts[-1][1])

    def _pictures(self, structure: Structure, filled: Filled, post: Composed) -> Iterator[Fault]:
        """Yield pictures that the post shows and that nobody puts there. Those elsewhere on a web site are its own."""
        there = {str(path) for _, path in post.assets}
        folder = next(iter(there), "").rpartition("/")[0]
        for address in structure.pictures:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc or address.startswith(PLANTED):
                continue
            path = unquote(parts.path)
            is_rooted = path.startswith("/")
            place = path.lstrip("/") if is_rooted else posixpath.normpath(str(post.path.parent / path))
            is_ours = not is_rooted or bool(folder and PurePosixPath(place).is_relative_to(folder))
            if is_ours and place not in there:
                number = next((n for n, line in enumerate(filled.text.split("\n"), 1) if address in line), 1)
                file, line = filled.site(number)
                yield Fault(file=file, line=line, said=f"the picture {address!r} is none that is put there with the post")

    def _plant(self, post: Composed) -> Iterator[Fault]:
        """Yield the lines that print hostile words so that a renderer carries them out."""
        expected = self._seen(post)
        bad: set[Site] = set()
        for word in HOSTILE:
            self._planting.word = _everywhere(word, bad)
            if self._seen(post) == expected:
                continue
            for site in [site for site in self._planting.sites if site not in bad]:
                self._planting.word = _at(word, site)
                if self._seen(post) != expected:
                    bad.add(site)
                    places = ", ".join(self._planting.target.places)
                    said = f"what a paper says is carried out here, such as {word!r}; name the place that it stands in with a filter ({places})"
                    yield Fault(file=site[0], line=site[1], said=said)
        self._planting.word = lambda _: None

    def _seen(self, post: Composed) -> object:
        """Return the structure of a post as it is filled now; one that cannot be read is like no other."""
        try:
            return self._structure(Filled(self._environment, self._main, post.values).text)
        except (*FAULTS, NotWellFormed) as error:
            return error

    def _structure(self, text: str) -> Structure:
        return structure_of(text, PurePosixPath(self._known.post).suffix, planted=PLANTED)

    def _fault(self, error: Exception, with_: str = "") -> Fault:
        file, line = where(error, self._searched) or (self._manifest, 1)
        return Fault(file=file, line=line, said=f"{said(error)}{with_}")


def _references(tree: nodes.Template, file: str) -> Iterator[_Reference]:
    """Yield the templates that a template names; of several of which one is enough none is needed."""
    for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        assert isinstance(node, (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends))  # noqa: S101 (for the type checker)
        said = node.template
        names = [said] if isinstance(said, nodes.Const) else said.items if isinstance(said, (nodes.List, nodes.Tuple)) else []
        is_needed = len(names) == 1 and not (isinstance(node, nodes.Include) and node.ignore_missing)
        for name in names:
            if isinstance(name, nodes.Const) and isinstance(name.value, str):
                yield _Reference(name=name.value, file=file, line=node.lineno, is_needed=is_needed)


def _defined(tree: nodes.Template) -> Iterator[str]:
    """Yield the names that a template gives to something, which those that it includes see too."""
    for node in tree.find_all((nodes.Name, nodes.Macro, nodes.Import, nodes.FromImport)):
        if isinstance(node, nodes.FromImport):
            yield from (name if isinstance(name, str) else name[1] for name in node.names)
        elif isinstance(node, nodes.Import):
            yield node.target
        elif isinstance(node, nodes.Macro) or (isinstance(node, nodes.Name) and node.ctx != "load"):
            yield node.name
