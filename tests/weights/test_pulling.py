"""A model from a hub on loopback, with every fault a server or a line can have: the right hash, or an error and no file."""

import contextlib
from dataclasses import replace
from datetime import date

import pytest

from offline_digest.config import Network, model_caches
from offline_digest.errors import (
    CutOff,
    DigestError,
    DiskFull,
    IntegrityError,
    ModelNotFound,
    NetworkError,
    NetworkForbidden,
    Refused,
    UsageError,
    WrongContent,
)
from offline_digest.weights import CatalogEntry, Hashes, Means, Package, Places, find_model, read_lock
from offline_digest.weights import Hub as CatalogHub
from offline_digest.weights.online import open_hub, pull
from tests.net.conftest import QUICK
from tests.net.server import (
    File,
    announce,
    cut,
    drip,
    ignore_range,
    in_chunks,
    packed,
    page,
    refuse,
    send_to,
    serve,
    without_length,
    wrong_piece,
)
from tests.quiet import Quiet
from tests.weights.hub import COMMIT, sha256_of

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
DAY = date(2026, 11, 22)
REPO = "Plum/Plum-4B-GGUF"
FILE = "plum-4b-Q4_K_M.gguf"
CATALOG = {
    "plum-4b": CatalogEntry(
        title="Plum",
        languages=("en", "zh"),
        passage_tokens=900,
        hub=CatalogHub(repository=REPO, file="plum-4b-{quant}.gguf", quants=("Q8_0", "Q4_K_M")),
    ),
}


@pytest.fixture
def means(tmp_path):
    return Means(
        places=Places(models=tmp_path / "models", caches=model_caches()), hashes=Hashes(tmp_path / "state"), report=Quiet(), day=DAY
    )


@pytest.fixture
def fetch(means):
    """Return a function that pulls with a quick session."""

    def call(name="plum-4b", network=None, catalog=CATALOG):
        return pull(name, catalog, means, lambda: open_hub(network or Network(), patience=QUICK, told=means.report.step))

    return call


@pytest.fixture
def shelf(site, gguf):
    """Return the stored file of the one repository that most tests need."""
    site.put(REPO, {"README.md": b"# Plum", FILE: gguf})
    return site.stored(gguf)


def files_below(folder):
    found = (p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    return sorted(p.as_posix() for p in found if not p.parts[0].startswith("."))


def test_a_model_comes_whole_and_is_pinned(site, shelf, fetch, means, gguf):
    """File, lock and memory of hashes agree with what the hub tells; it is found by its name with what the catalogue says of it."""
    pulled = fetch("plum-4b")
    target = means.places.models / "Plum" / "Plum-4B-GGUF" / FILE
    assert pulled.model.path == target
    assert target.read_bytes() == gguf
    assert pulled.fetched_bytes == len(gguf)
    (only,) = read_lock(means.places.lock).pins
    assert (only.sha256, only.size_bytes) == (sha256_of(gguf), len(gguf))
    assert (only.file, only.name, only.day) == (f"{REPO}/{FILE}", "plum-4b", DAY)
    assert only.source == f"hub:{REPO}@0123456789abcdef0123456789abcdef01234567"
    assert means.hashes.known(target) == sha256_of(gguf)
    assert files_below(means.places.models) == [f"{REPO}/{FILE}", "models.lock"]
    found = find_model("PLUM-4B", CATALOG, means.places)
    assert (found.path, found.sha256, found.languages, found.passage_tokens) == (target, sha256_of(gguf), ("en", "zh"), 900)


def test_a_second_pull_asks_nobody(site, shelf, fetch):
    """Not even with the network forbidden."""
    fetch()
    asked = len(site.front.requests)
    again = fetch(network=Network(offline=True))
    assert again.fetched_bytes == 0
    assert len(site.front.requests) == asked


def test_a_file_that_is_pulled_under_two_names_keeps_both(site, shelf, fetch, means):
    """As the catalogue calls it, and as llama.cpp does; it comes once."""
    names = ("plum-4b", f"{REPO}:Q4_K_M")
    assert [fetch(name).fetched_bytes > 0 for name in names] == [True, False]
    lock = read_lock(means.places.lock)
    assert [[pin.file for pin in lock.named(name)] for name in names] == [[f"{REPO}/{FILE}"]] * 2


def test_a_model_that_is_not_here_needs_the_network(site, shelf, fetch, monkeypatch):
    """The configuration or HF_HUB_OFFLINE forbids it: code 14, and nothing is asked."""
    with pytest.raises(NetworkForbidden) as caught:
        fetch(network=Network(offline=True))
    assert caught.value.exit_code == 14
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(NetworkForbidden, match="HF_HUB_OFFLINE"):
        fetch()
    assert site.front.requests == []


@pytest.mark.parametrize(
    ("name", "file"),
    [
        (REPO, FILE),
        (f"{REPO}:q8_0", "plum-4b-Q8_0.gguf"),
        (f"hf:{REPO}:Q2_K", "small/plum-4b-Q2_K.gguf"),
        ("plum-4b:q8_0", "plum-4b-Q8_0.gguf"),
    ],
)
def test_a_repository_is_named_as_in_llama_cpp(site, fetch, means, gguf, name, file):
    """`user/repo[:quant]`, in any case; Q4_K_M when none is named. The name finds it afterwards."""
    others = {path: gguf + path.encode() for path in ("plum-4b-Q8_0.gguf", FILE, "small/plum-4b-Q2_K.gguf", "mmproj-plum-Q4_K_M.gguf")}
    site.put(REPO, others)
    pulled = fetch(name)
    assert pulled.model.path == means.places.own_file(REPO, file)
    assert pulled.model.path.read_bytes() == others[file]
    assert find_model(name, CATALOG, means.places).path == pulled.model.path


def test_all_parts_of_a_split_file_come(site, fetch, means, gguf):
    """They are one model: each is pinned, and it is found only with all of them."""
    parts = {f"Q4_K_M/plum-4b-Q4_K_M-0000{n}-of-00003.gguf": gguf[: 400_000 + n] for n in (1, 2, 3)}
    site.put(REPO, parts)
    pulled = fetch(f"{REPO}:Q4_K_M")
    assert [part.path.read_bytes() for part in pulled.model.parts] == list(parts.values())
    assert {pin.name for pin in read_lock(means.places.lock).pins} == {f"{REPO}:Q4_K_M"}
    found = find_model(f"{REPO}:Q4_K_M", CATALOG, means.places)
    assert [part.sha256 for part in found.parts] == [sha256_of(data) for data in parts.values()]
    assert found.path.name.endswith("-00001-of-00003.gguf")
    found.parts[1].path.unlink()
    with pytest.raises(ModelNotFound):
        find_model(f"{REPO}:Q4_K_M", CATALOG, means.places)
    before = site.fetched()
    fetch(f"{REPO}:Q4_K_M")
    assert site.fetched() - before == 400_002


def test_a_part_that_the_hub_lacks_is_named(site, fetch, gguf):
    """No part is fetched when not all are there."""
    site.put(REPO, {f"plum-Q4_K_M-0000{n}-of-00003.gguf": gguf for n in (1, 3)})
    with pytest.raises(ModelNotFound, match="00002-of-00003"):
        fetch(REPO)
    assert site.fetched() == 0


FAULTS = {
    "twenty cuts": lambda n: [cut(n * k // 21) for k in range(1, 21)],
    "cut at once": lambda n: [cut(0), cut(1), cut(3)],
    "too many": lambda n: [refuse(429, Retry_After="0"), refuse(429, RateLimit='"resolvers";r=0;t=0'), refuse(503)],
    "out of order": lambda n: [refuse(500), refuse(502), refuse(504)],
    "no ranges": lambda n: [cut(n // 2), ignore_range, cut(n // 3), ignore_range],
    "another piece": lambda n: [cut(n // 2), wrong_piece],
    "too short": lambda n: [cut(n - 1)],
    "no length": lambda n: [without_length(n // 2)],
    "in chunks": lambda n: [in_chunks(n // 2), in_chunks()],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_passes_is_overcome(shelf, fetch, means, gguf, fault):
    """The file that ends under its name has the hash that the hub tells."""
    shelf.faults = FAULTS[fault](len(gguf))
    target = means.places.own_file(REPO, FILE)
    for _ in range(9):
        with contextlib.suppress(NetworkError):
            fetch()
    assert sha256_of(target.read_bytes()) == sha256_of(gguf)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (page, IntegrityError),
        (packed, IntegrityError),
        (announce(10**9), IntegrityError),
        (announce(1000), IntegrityError),
        (refuse(404), Refused),
        (refuse(403), Refused),
        (refuse(429, Retry_After="9999"), Refused),
        (send_to("/blobs/ring"), Refused),
        (send_to("ftp://example.org/x"), Refused),
        (without_length(1000), CutOff),
        (cut(1000), CutOff),
    ],
)
def test_whatever_stays_ends_without_a_file(site, shelf, fetch, means, fault, kind):
    """One error with a next step; neither file nor pin."""
    site.store.files["/blobs/ring"] = shelf
    shelf.faults = [fault] * 99
    with pytest.raises(kind) as caught:
        fetch()
    assert caught.value.hint
    assert not means.places.own_file(REPO, FILE).exists()
    assert read_lock(means.places.lock).pins == ()


def test_a_drip_is_given_up(shelf, means, gguf):
    """A server that sends next to nothing for too long ends the run; the next one ends with the file."""
    slow = replace(QUICK, stall_s=0.3, stall_bytes=5000, tries=2)
    shelf.faults = [drip(1000, 0.01)] * 2
    with pytest.raises(CutOff, match="bytes in"):
        pull("plum-4b", CATALOG, means, lambda: open_hub(Network(), patience=slow))
    pull("plum-4b", CATALOG, means, lambda: open_hub(Network(), patience=slow))
    assert means.places.own_file(REPO, FILE).read_bytes() == gguf


def test_a_wrong_hash_leaves_nothing(site, fetch, means, gguf):
    """The hub tells another SHA-256 than its file has: code 12, and nothing of it is kept."""
    site.put(REPO, {FILE: gguf}, lies={FILE: "b" * 64})
    with pytest.raises(IntegrityError) as caught:
        fetch()
    assert caught.value.exit_code == 12
    assert files_below(means.places.models) == []


def test_a_changed_etag_begins_anew(shelf, fetch, means, gguf):
    """What another file left is not mixed into this one."""
    shelf.faults = [cut(500_000), refuse(403)]
    with pytest.raises(Refused):
        fetch()
    shelf.etag = '"another"'
    fetch()
    assert means.places.own_file(REPO, FILE).read_bytes() == gguf


def test_a_part_survives_a_new_commit_of_the_same_file(site, shelf, fetch, means, gguf):
    """A repository that gets a new README in the meantime costs nothing: the file is known by its hash."""
    shelf.faults = [cut(900_000), refuse(403)]
    with pytest.raises(Refused):
        fetch()
    site.put(REPO, {"README.md": b"# Plum, better", FILE: gguf}, commit="f" * 40)
    before = site.fetched()
    fetch()
    assert site.fetched() - before == len(gguf) - 900_000
    assert means.places.own_file(REPO, FILE).read_bytes() == gguf
    assert "@fff" in read_lock(means.places.lock).pins[0].source


def test_a_part_of_another_file_is_no_begin(site, shelf, fetch, means, gguf):
    """A new version of the file is fetched from its beginning, and takes the place of the old one in the lock too."""
    fetch()
    other = gguf[:-5] + b"other"
    site.put(REPO, {FILE: other}, commit="f" * 40)
    site.stored(other).faults = [cut(900_000), refuse(403)]
    means.places.own_file(REPO, FILE).unlink()
    site.stored(gguf).faults = []
    for _ in range(2):
        try:
            fetch()
        except Refused:
            continue
    assert means.places.own_file(REPO, FILE).read_bytes() == other
    assert [pin.sha256 for pin in read_lock(means.places.lock).at(f"{REPO}/{FILE}")] == [sha256_of(other)]


def test_a_mirror_without_hashes_is_asked_for_each_file(site, fetch, gguf):
    """X-Linked-ETag and X-Linked-Size of the address tell them; where neither does, nothing is fetched."""
    site.put(REPO, {FILE: gguf}, told=False)
    assert fetch().hashes == (sha256_of(gguf),)
    assert [r.method for r in site.front.requests] == ["GET", "HEAD", "GET"]
    site.put(REPO, {FILE: gguf + b"2"}, told=False, linked=False, commit="e" * 40)
    with pytest.raises(WrongContent, match="does not tell the SHA-256") as caught:
        fetch(f"{REPO}")
    assert "models import" in caught.value.hint


@pytest.mark.parametrize("name", ["plum-4b", REPO, f"{REPO}:Q4_K_M"])
@pytest.mark.parametrize("etag", [None, '"6a4c-5f"', f'"{"a" * 40}"', f'W/"{"a" * 64}"'], ids=str)
def test_a_file_of_which_no_sha256_is_told_is_refused(site, fetch, means, gguf, name, etag):
    """One outside of Git LFS, whose ETag is none, a Git hash or a weak one: however it is called, nothing of it comes, and nothing is pinned."""
    repository = site.put(REPO, {FILE: gguf}, told=False)
    plain = File(gguf, etag=etag)
    site.front.answers[f"/{REPO}/resolve/{repository.commit}/{FILE}"] = lambda handler, _query: serve(handler, plain)
    with pytest.raises(WrongContent, match="does not tell the SHA-256"):
        fetch(name)
    assert files_below(means.places.models) == []
    assert read_lock(means.places.lock).pins == ()


def test_the_token_stays_with_the_hub(site, fetch, gguf, monkeypatch, means):
    """It is sent to the hub's host, not to the one that has the files, and stands in no message."""
    secret = "hf_" + "s" * 34
    site.put(REPO, {FILE: gguf}, token=secret, private=True)
    monkeypatch.setenv("HF_TOKEN", secret)
    fetch()
    assert {r.headers.get("authorization") for r in site.front.requests} == {f"Bearer {secret}"}
    assert {r.headers.get("authorization") for r in site.store.requests} == {None}
    assert secret not in "\n".join([*means.report.stepped, *means.report.warned])
    assert secret not in means.places.lock.read_text(encoding="utf-8")


@pytest.mark.parametrize("token", ["two words", "line\nfeed", "schlüssel"])
def test_what_is_no_token_is_told_without_showing_it(site, shelf, fetch, monkeypatch, token):
    """Code 2; a library below would print it."""
    monkeypatch.setenv("HF_TOKEN", token)
    with pytest.raises(DigestError, match="HF_TOKEN") as caught:
        fetch()
    assert token not in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_model_with_terms_says_how_to_get_it(site, fetch, gguf, monkeypatch):
    """Without a token, and with one that has no right to it."""
    site.put(REPO, {FILE: gguf}, token="hf_right")  # noqa: S106 (nobody else's)
    for token in ("", "hf_wrong"):
        monkeypatch.setenv("HF_TOKEN", token)
        with pytest.raises(ModelNotFound, match=f"{REPO} is not given to everybody") as caught:
            fetch()
        assert "HF_TOKEN" in caught.value.hint


@pytest.mark.parametrize(("status", "code"), [(401, 10), (403, 10), (404, 10), (410, 10), (400, 16), (451, 16), (500, 16), (503, 16)])
def test_a_code_tells_whether_it_is_worth_asking_again(site, fetch, gguf, status, code):
    """What the hub says is not there, or not for us, is a model that is not here (10); any other refusal is a download that failed (16)."""
    site.put(REPO, {FILE: gguf})
    site.front.answers[f"/{REPO}/resolve/{COMMIT}/{FILE}"] = lambda handler, _query: refuse(status, Retry_After="0")(handler, None)
    with pytest.raises(DigestError) as caught:
        fetch()
    assert (caught.value.exit_code, bool(caught.value.hint)) == (code, True)


@pytest.mark.parametrize("name", ["Plum/Nothing-GGUF", "plum-4b"])
def test_a_repository_that_is_not_there_is_told(site, fetch, name):
    """Code 10; a private one looks the same."""
    with pytest.raises(ModelNotFound, match="shows no repository Plum/") as caught:
        fetch(name)
    assert caught.value.exit_code == 10
    assert "HF_TOKEN" in caught.value.hint


def test_a_quantization_that_is_not_there_names_the_nearest(site, fetch, gguf):
    """By the letters they share."""
    site.put(REPO, {"README.md": b"", "plum-Q4_K_S.gguf": gguf, "plum-Q8_0.gguf": gguf, "plum-IQ2_XS.gguf": gguf})
    with pytest.raises(ModelNotFound, match="has no Q4_K_M") as caught:
        fetch(f"{REPO}:Q4_K_M")
    assert caught.value.hint.startswith("It has plum-Q4_K_S.gguf")
    site.put("Plum/Plum", {"model.safetensors": b"x"})
    with pytest.raises(ModelNotFound, match="has no GGUF model"):
        fetch("Plum/Plum")


@pytest.mark.parametrize(
    "answer",
    [
        "<html>",
        "[]",
        "{}",
        '{"sha": "x", "siblings": []}',
        '{"sha": null}',
        '{"sha": "%s", "siblings": 5}' % ("a" * 40),
        "null",
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_a_listing_that_is_none_is_told(site, fetch, answer):
    """A web page, other JSON, a commit that is none, lists in lists without end."""
    from tests.net.server import text

    site.front.answers[f"/api/models/{REPO}"] = lambda handler, query: text(handler, 200, answer)
    with pytest.raises(WrongContent, match="is no listing"):
        fetch()


@pytest.mark.parametrize("path", ["p" * 300 + ".gguf", "p" * 300 + "/plum.gguf", "p/" * 2500 + "plum.gguf"], ids=len)
def test_a_path_that_no_disk_takes_is_passed_over(site, fetch, gguf, path):
    """Code 10, where the repository has nothing else."""
    site.put(REPO, {path: gguf})
    with pytest.raises(ModelNotFound, match="has no GGUF model"):
        fetch(REPO)


@pytest.mark.parametrize(
    "path", ["../../evil.gguf", "/etc/evil.gguf", "a/../b.gguf", "a\\..\\b.gguf", "C:evil.gguf", "-evil.gguf", ".gguf"]
)
def test_no_path_of_a_hub_leaves_the_folder(site, fetch, tmp_path, gguf, path):
    """Such a file is as good as not there."""
    site.put(REPO, {path: gguf})
    with pytest.raises(ModelNotFound, match="has no GGUF model"):
        fetch(REPO)
    assert list(tmp_path.rglob("*evil*")) == []


def test_a_disk_without_space_is_told_first(shelf, site, fetch, means, gguf, monkeypatch):
    """Code 15, before a byte of the file is asked for."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 2**20})())
    with pytest.raises(DiskFull, match=f"{len(gguf):,} bytes are wanted") as caught:
        fetch()
    assert caught.value.exit_code == 15
    assert site.store.requests == []


def test_a_damaged_lock_stops_before_the_download(site, shelf, fetch, means):
    """It could not take the pin."""
    means.places.models.mkdir()
    means.places.lock.write_text("broken", encoding="utf-8")
    with pytest.raises(IntegrityError, match="damaged"):
        fetch()
    assert site.front.requests == []


def test_what_no_hub_has_says_where_it_comes_from(site, fetch, tmp_path):
    """A file is imported, a package installed."""
    (tmp_path / "plum.gguf").write_bytes(b"GGUF")
    with pytest.raises(UsageError, match="is no model of a hub") as caught:
        fetch(str(tmp_path / "plum.gguf"))
    assert "models import" in caught.value.hint
    packed_entry = CatalogEntry(
        title="P",
        languages=("en",),
        package=Package(name="no-such-package", file="x.gguf", size_bytes=1, sha256="a" * 64, quant="Q4_0", get="pip install it"),
    )
    with pytest.raises(ModelNotFound) as missing:
        fetch("p", catalog={"p": packed_entry})
    assert "pip install it" in missing.value.hint
    with pytest.raises(ModelNotFound):
        fetch("plum-9000b")
