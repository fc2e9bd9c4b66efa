"""The tree of errors."""

import pickle

import pytest

from offline_digest import errors


def classes(root=errors.DigestError):
    return [root, *(c for child in root.__subclasses__() for c in classes(child))]


@pytest.mark.parametrize("kind", classes(), ids=lambda c: c.__name__)
def test_every_error_crosses_a_process(kind):
    """Message and hint survive pickling, and the class has an exit code."""
    copy = pickle.loads(pickle.dumps(kind("what is wrong.", "what to do.")))
    assert type(copy) is kind
    assert (copy.message, copy.hint, str(copy)) == ("what is wrong.", "what to do.", "what is wrong. what to do.")
    assert kind.exit_code in {1, 2, 10, 11, 12, 13, 14, 15, 16}


def test_the_drawn_tree_is_the_real_one():
    """The docstring names every class of the module."""
    for kind in classes():
        assert kind.__name__ in errors.__doc__
