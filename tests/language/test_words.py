"""Words as they are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.language import folded_words
from offline_digest.language.words import singular


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GANs", "gan"),
        ("cases", "Case"),
        ("studies", "study"),
        ("movies", "movie"),
        ("hypotheses", "hypothesis"),
        ("biases", "bias"),
        ("caches", "cache"),
        ("boxes", "box"),
        ("buses", "bus"),
        (r"Schr\"{o}dinger", "schrödinger"),
        (r"Erd\H{o}s", "Erdos"),
        ("naïve", "naive"),
        ("cafe\u0301", "Café"),
        ("ŁUKASZ Sørensen", "lukasz sorensen"),
        ("Straße", "strasse"),
        ("text-to-image", "Text to Images"),
        ("ﬁne–tuned", "fine tuned"),
        ("扩散模型", "扩 散 模 型"),
        ("用GAN生成", "用 gan 生成"),
    ],
)
def test_forms_of_one_word_are_the_same(one, other):
    """Case, accents (TeX's too), number, hyphens and the space between Chinese characters make no difference."""
    assert folded_words(one) == folded_words(other) != []


@pytest.mark.parametrize(
    ("one", "other"),
    [("news", "new"), ("GPS", "GP"), ("gas", "ga"), ("bus", "bu"), ("physics", "physic"), ("class", "clas"), ("3D", "2D"), ("a.b", "ab")],
)
def test_other_words_are_not(one, other):
    """A word that ends in s is no plural by that alone."""
    assert folded_words(one) != folded_words(other)


@given(st.text(st.sampled_from("aeiosxyzchGé扩 -"), max_size=20))
def test_folding_again_gives_the_same_words(text):
    """What is folded holds words only, all of them in lower case and without accents."""
    words = folded_words(text)
    assert all(word == word.lower() and " " not in word and "é" not in word for word in words)


@given(st.text(st.sampled_from("aeiosxyzch"), min_size=1, max_size=9))
def test_a_singular_begins_like_its_word(word):
    """But for a last letter y, so that a search for the beginning finds every form."""
    form = singular(word)
    assert word.startswith(form[:-1] if form.endswith("y") else form)
