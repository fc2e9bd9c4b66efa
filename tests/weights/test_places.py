"""What other programs keep is found by our names and used where it is."""

import pytest

from offline_digest.config import Network, model_caches
from offline_digest.errors import IntegrityError, ModelNotFound
from offline_digest.weights import CatalogEntry, Hashes, Hub, Means, Places, find_model, part_hashes, read_lock
from offline_digest.weights.online import open_hub, pull
from tests.net.conftest import QUICK
from tests.quiet import Quiet
from tests.weights.caches import into_huggingface, into_llama, into_ollama
from tests.weights.hub import COMMIT, sha256_of
from tests.weights.test_pulling import DAY

REPO = "Plum/Plum-4B-GGUF"
FILE = "plum-4b-Q4_K_M.gguf"
CATALOG = {
    "plum-4b": CatalogEntry(
        title="Plum", languages=("zh",), hub=Hub(repository=REPO, file="plum-4b-{quant}.gguf", quants=("Q4_K_M", "Q8_0"))
    )
}
DATA = b"GGUF and so on"
SHA = sha256_of(DATA)


@pytest.fixture
def caches():
    return model_caches()


@pytest.fixture
def means(tmp_path, caches):
    return Means(places=Places(models=tmp_path / "models", caches=caches), hashes=Hashes(tmp_path / "state"), report=Quiet(), day=DAY)


def of_hub(caches):
    into_huggingface(caches.huggingface[0], REPO, {FILE: DATA, "README.md": b"x"})
    return "huggingface", f"huggingface:{REPO}@{COMMIT}", SHA


def of_hub_without_main(caches):
    into_huggingface(caches.huggingface[0], REPO, {FILE: DATA}, main=False)
    return "huggingface", f"huggingface:{REPO}@{COMMIT}", SHA


def of_hub_without_links(caches):
    into_huggingface(caches.huggingface[0], REPO, {FILE: DATA}, links=False)
    return "huggingface", f"huggingface:{REPO}@{COMMIT}", None


def of_new_llama(caches):
    """As llama.cpp lays out LLAMA_CACHE today."""
    into_huggingface(caches.llama[0], REPO, {FILE: DATA})
    return "huggingface", f"huggingface:{REPO}@{COMMIT}", SHA


def of_old_llama(caches):
    into_llama(caches.llama[0], REPO, FILE, DATA)
    return "llama.cpp", f"llama.cpp:{REPO}", None


def of_ollama(caches):
    into_ollama(caches.ollama[0], f"hf.co/{REPO}:Q4_K_M", DATA)
    return "ollama", f"ollama:{REPO}:Q4_K_M", SHA


def of_old_ollama(caches):
    into_ollama(caches.ollama[0], f"hf.co/{REPO}:q4_k_m", DATA, begin="sha256:")
    return "ollama", f"ollama:{REPO}:q4_k_m", SHA


CACHES = [of_hub, of_hub_without_main, of_hub_without_links, of_new_llama, of_old_llama, of_ollama, of_old_ollama]


@pytest.mark.parametrize("laid_out", CACHES)
@pytest.mark.parametrize("name", ["plum-4b", "plum-4b:q4_k_m", f"{REPO}:Q4_K_M", f"hf:{REPO.lower()}:q4_k_m"])
def test_a_model_in_a_cache_is_found(means, caches, laid_out, name):
    """By its name in the catalogue and as llama.cpp names it; what the cache says of its hash comes along."""
    place, source, sha256 = laid_out(caches)
    found = find_model(name, CATALOG, means.places)
    assert (found.place, found.sha256, found.path.read_bytes()) == (place, sha256, DATA)
    assert found.source.casefold() == source.casefold()


@pytest.mark.parametrize("laid_out", CACHES)
def test_only_what_says_what_it_holds_is_pinned_without_a_hub(means, caches, laid_out):
    """Nothing is fetched; where a cache says nothing, the network is needed to know."""
    place, source, sha256 = laid_out(caches)

    def opened():
        return open_hub(Network(offline=True))

    if sha256 is None:
        with pytest.raises(Exception, match="needs the network"):
            pull("plum-4b", CATALOG, means, opened)
        assert read_lock(means.places.lock).pins == ()
        return
    pulled = pull("plum-4b", CATALOG, means, opened)
    assert (pulled.model.place, pulled.fetched_bytes) == (place, 0)
    (only,) = read_lock(means.places.lock).pins
    assert (only.sha256, only.source, only.name) == (SHA, source, "plum-4b")
    assert find_model("plum-4b", CATALOG, means.places).path.read_bytes() == DATA
    assert not (means.places.models / "Plum").exists()


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize("laid_out", [of_old_llama, of_hub_without_links])
def test_a_silent_cache_is_used_when_the_hub_vouches_for_it(site, means, caches, laid_out):
    """The hub tells a hash; the file has it; nothing is fetched. Another file of the same size is not used."""
    place, *_ = laid_out(caches)
    site.put(REPO, {FILE: DATA})
    pulled = pull("plum-4b", CATALOG, means, lambda: open_hub(Network(), patience=QUICK))
    assert (pulled.model.place, pulled.fetched_bytes, site.fetched()) == (place, 0, 0)
    assert read_lock(means.places.lock).find(SHA)
    find_model("plum-4b", CATALOG, means.places).path.write_bytes(DATA[::-1])
    pulled = pull("plum-4b", CATALOG, means, lambda: open_hub(Network(), patience=QUICK))
    assert pulled.model.place == "models"
    assert pulled.model.path.read_bytes() == DATA


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_ollama_has_it_under_another_name(site, means, caches):
    """A file is known by its hash, wherever it came from, and the name finds it from then on."""
    blob = into_ollama(caches.ollama[0], "registry.ollama.ai/library/pruneau:4b", DATA)
    site.put(REPO, {FILE: DATA})
    pulled = pull("plum-4b", CATALOG, means, lambda: open_hub(Network(), patience=QUICK))
    assert (pulled.model.path, site.fetched()) == (blob, 0)
    assert find_model("plum-4b", CATALOG, means.places).path == blob


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_damaged_cache_is_told_and_not_used(site, means, caches):
    """Its file has not the hash that is its name; the hub's is fetched, into our folder."""
    folder = into_huggingface(caches.huggingface[0], REPO, {FILE: DATA})
    (folder / "blobs" / SHA).write_bytes(DATA[::-1])
    with pytest.raises(IntegrityError):
        part_hashes(find_model("plum-4b", CATALOG, means.places), means.hashes)
    site.put(REPO, {FILE: DATA})
    pulled = pull("plum-4b", CATALOG, means, lambda: open_hub(Network(), patience=QUICK))
    assert pulled.model.path == means.places.own_file(REPO, FILE)
    assert "fetched anew" in means.report.warned[0]
    assert find_model("plum-4b", CATALOG, means.places).path == pulled.model.path


@pytest.mark.parametrize("lay", ["huggingface", "llama", "models"])
def test_a_split_model_is_found_with_all_its_parts(means, caches, lay):
    """In a folder of its own too; llama.cpp finds the parts beside the first, so links are not followed. With a part missing it is not here."""
    parts = {f"Q8_0/plum-4b-Q8_0-0000{n}-of-00002.gguf": DATA + str(n).encode() for n in (1, 2)}
    if lay == "huggingface":
        into_huggingface(caches.huggingface[0], REPO, parts)
    for path, data in parts.items() if lay != "huggingface" else ():
        if lay == "llama":
            into_llama(caches.llama[0], REPO, path, data)
        else:
            means.places.own_file(REPO, path).parent.mkdir(parents=True, exist_ok=True)
            means.places.own_file(REPO, path).write_bytes(data)
    found = find_model(f"{REPO}:Q8_0", CATALOG, means.places)
    assert [part.path.read_bytes() for part in found.parts] == list(parts.values())
    assert [part.path.name[-8:] for part in found.parts] == ["002.gguf"] * 2
    assert len({part.path.parent for part in found.parts}) == 1
    found.parts[1].path.unlink()
    with pytest.raises(ModelNotFound):
        find_model(f"{REPO}:Q8_0", CATALOG, means.places)


def test_our_own_folder_comes_first(means, caches):
    """What was fetched on purpose; then the main version of a cache, then the newest."""
    into_huggingface(caches.huggingface[0], REPO, {FILE: b"GGUF old"}, commit="a" * 40, main=False)
    into_huggingface(caches.huggingface[0], REPO, {FILE: b"GGUF main"}, commit="b" * 40)
    into_huggingface(caches.huggingface[0], REPO, {FILE: b"GGUF new"}, commit="c" * 40, main=False)
    assert find_model("plum-4b", CATALOG, means.places).path.read_bytes() == b"GGUF main"
    own = means.places.own_file(REPO, FILE)
    own.parent.mkdir(parents=True)
    own.write_bytes(DATA)
    assert find_model("plum-4b", CATALOG, means.places).path == own


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        ("ollama:plum", "registry.ollama.ai/library/plum:latest"),
        ("ollama:plum:4b", "registry.ollama.ai/library/plum:4b"),
        ("ollama:me/plum:4b", "registry.ollama.ai/me/plum:4b"),
        ("ollama:hf.co/me/plum:Q8_0", "hf.co/me/plum:Q8_0"),
    ],
)
def test_ollamas_own_names_work(means, caches, asked, stored):
    """With `ollama:` before them."""
    blob = into_ollama(caches.ollama[0], stored, DATA)
    found = find_model(asked, CATALOG, means.places)
    assert (found.path, found.sha256, found.place) == (blob, SHA, "ollama")


@pytest.mark.parametrize("asked", ["ollama:", "ollama:nothing", "ollama:../../x", "ollama:a/b/c/d/e", "ollama:plum:../x", "ollama:-x"])
def test_what_ollama_has_not_is_told(means, caches, asked):
    """Nor does a name lead out of its folders."""
    into_ollama(caches.ollama[0], "registry.ollama.ai/library/plum:latest", DATA)
    (caches.ollama[0].parent / "x").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelNotFound, match="Ollama has no model"):
        find_model(asked, CATALOG, means.places)


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "[]",
        "{",
        '{"layers": 5}',
        '{"layers": [5]}',
        '{"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:../../x"}]}',
    ],
)
def test_a_broken_manifest_is_no_model(means, caches, manifest):
    """Whatever it holds."""
    into_ollama(caches.ollama[0], f"hf.co/{REPO}:Q4_K_M", DATA)
    (caches.ollama[0] / "manifests" / "hf.co" / REPO / "Q4_K_M").write_text(manifest, encoding="utf-8")
    with pytest.raises(ModelNotFound):
        find_model("plum-4b", CATALOG, means.places)


def test_the_environment_says_where_caches_are(monkeypatch, tmp_path):
    """As huggingface_hub, llama.cpp and Ollama read it; without it where they are by default."""
    for variable in ("HF_HUB_CACHE", "LLAMA_CACHE", "OLLAMA_MODELS", "HF_HOME", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    found = model_caches()
    assert found.huggingface == (tmp_path / ".cache" / "huggingface" / "hub",)
    assert found.llama == (tmp_path / ".cache" / "llama.cpp",)
    assert found.ollama[0] == tmp_path / ".ollama" / "models"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert model_caches().huggingface == (tmp_path / "xdg" / "huggingface" / "hub",)
    monkeypatch.setenv("HF_HOME", "~/hf")
    assert model_caches().huggingface == (tmp_path / "hf" / "hub",)
    monkeypatch.setenv("HF_HUB_CACHE", "$HF_HOME/else")
    monkeypatch.setenv("LLAMA_CACHE", str(tmp_path / "llama"))
    assert model_caches().huggingface == (tmp_path / "hf" / "else", tmp_path / "llama")
