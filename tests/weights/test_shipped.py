"""Models that came with an installation, in a bundle."""

import hashlib
import shutil
import sys
from datetime import date
from pathlib import Path

import pytest

from offline_digest.bundling.installer import MODELS
from offline_digest.config import Settings, shipped_models
from offline_digest.errors import IntegrityError, ModelNotFound
from offline_digest.weights import Pin, Places, find_model, pin, places_of


def test_the_program_looks_where_the_installer_puts_them():
    """Both name the same folder of an installation."""
    assert shipped_models() == Path(sys.prefix) / MODELS
    assert places_of(Settings()).shipped == shipped_models()


@pytest.fixture
def places(tmp_path):
    """Return the places of a user without models, with an installation that has one."""
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "m.gguf").write_bytes(b"GGUF")
    sha256 = hashlib.sha256(b"GGUF").hexdigest()
    pin(shipped / "models.lock", [Pin(sha256=sha256, size_bytes=4, file="m.gguf", source="bundle", name="mine", day=date(2026, 1, 1))])
    return Places(models=tmp_path / "models", shipped=shipped)


def test_it_is_found_by_its_name_and_known_by_its_hash(places):
    """Nothing of it is in the user's own folder, which need not even be there."""
    found = find_model("Mine", {}, places)
    assert (found.path, found.place, found.sha256) == (places.shipped / "m.gguf", "bundle", hashlib.sha256(b"GGUF").hexdigest())
    assert not places.models.exists()


def test_what_the_user_pinned_under_that_name_comes_first(places):
    """A bundle takes no name away from the user's own models."""
    places.models.mkdir()
    (places.models / "own.gguf").write_bytes(b"GGUF, mine")
    sha256 = hashlib.sha256(b"GGUF, mine").hexdigest()
    pin(places.lock, [Pin(sha256=sha256, size_bytes=10, file="own.gguf", source="import", name="mine", day=date(2026, 1, 2))])
    assert find_model("mine", {}, places).path == places.models / "own.gguf"


def test_without_it_the_lock_alone_makes_no_model(places):
    """An installation whose model was removed."""
    (places.shipped / "m.gguf").unlink()
    with pytest.raises(ModelNotFound):
        find_model("mine", {}, places)


def test_a_damaged_lock_of_an_installation_is_told(places):
    """Never silently empty."""
    (places.shipped / "models.lock").write_text("version = ", encoding="utf-8")
    with pytest.raises(IntegrityError, match=r"models\.lock"):
        find_model("mine", {}, places)


def test_an_installation_without_models_is_the_usual_case(tmp_path, places):
    """No folder, no lock, no error."""
    shutil.rmtree(places.shipped)
    with pytest.raises(ModelNotFound):
        find_model("mine", {}, places)
