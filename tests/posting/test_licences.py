"""A licence is named as readers know it, and decides whether a paper's pictures may be passed on."""

import pytest

from offline_digest.posting import formats
from offline_digest.posting.licences import read_licence

from . import samples


@pytest.mark.parametrize(
    ("text", "name", "allows"),
    [
        ("http://creativecommons.org/licenses/by/4.0/", "CC BY 4.0", True),
        ("https://creativecommons.org/licenses/by-nc-sa/3.0/deed.en", "CC BY-NC-SA 3.0", True),
        ("CC BY-ND 4.0", "CC BY-ND 4.0", True),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0", True),
        ("CC0", "CC0 1.0", True),
        ("http://creativecommons.org/publicdomain/mark/1.0/", "Public domain", True),
        ("http://arxiv.org/licenses/nonexclusive-distrib/1.0/", "arXiv.org non-exclusive licence", False),
        ("All rights reserved", "All rights reserved", False),
        ("The accby licence", "The accby licence", False),
    ],
)
def test_licences_are_known_by_address_and_name(text, name, allows):
    """Creative Commons and public domain allow; arXiv's own licence and what nobody knows do not."""
    licence = read_licence(text)
    assert (licence.name.source, licence.allows) == (name, allows)
    assert (licence.address is not None) == text.startswith("http")


@pytest.mark.parametrize("text", [None, "", " ", "unknown", "None"])
def test_no_licence_is_none(text):
    """What catalogues write when they do not know is no licence."""
    assert read_licence(text) is None


@pytest.mark.parametrize("form", formats())
def test_pictures_without_a_licence_are_left_out_where_that_is_wanted(form, render):
    """With `licensed` a paper whose licence forbids it shows no picture, keeps the captions and says why; others show theirs."""
    closed = samples.digest(licence="http://arxiv.org/licenses/nonexclusive-distrib/1.0/", title="Closed")
    post = render(closed, samples.digest(), samples.digest(licence=None), format=form, figures="licensed")
    kept = render(closed, samples.digest(), samples.digest(licence=None), format=form)
    assert len(post.assets) == (0 if form == "html" else 3)
    assert len(kept.assets) == (0 if form == "html" else 9)
    if form == "json":
        assert post.text.count('"path": null') == 6
        return
    assert post.text.count("png") < kept.text.count("png") or form == "html"
    assert post.text.count("data:image/png") == (3 if form == "html" else 0)
    assert post.text.count("Error & cost") + post.text.count("Error &amp; cost") > 2
    assert "没有明确允许转载图表" in post.text
    assert "没有明确允许转载图表" not in kept.text
    assert "图片缺失" not in post.text
