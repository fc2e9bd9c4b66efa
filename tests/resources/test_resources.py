"""The one place that knows where shipped files lie."""

import pytest

from offline_digest import resources
from offline_digest.errors import IntegrityError, UsageError
from offline_digest.resources import resource_dir


def test_checkout_folder_is_found():
    """In a checkout the templates are found beside the package."""
    assert (resource_dir("templates") / "posts" / "hexo" / "post.md.j2").is_file()


def test_installed_folder_comes_first(tmp_path, monkeypatch):
    """An installed copy reads its own data folder, even if a folder of the same name lies beside the package."""
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "offline_digest")
    (tmp_path / "models").mkdir()
    installed = tmp_path / "offline_digest" / "_data" / "models"
    installed.mkdir(parents=True)
    assert resource_dir("models") == installed


def test_missing_folder_says_what_to_do(tmp_path, monkeypatch):
    """A broken installation is reported as such, with a hint."""
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "offline_digest")
    with pytest.raises(IntegrityError, match="Install offline-digest again"):
        resource_dir("models")


def test_other_names_are_refused():
    """Only folders that ship can be asked for."""
    with pytest.raises(UsageError, match="templates, models"):
        resource_dir("../secrets")
