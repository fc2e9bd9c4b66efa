"""Words of the full-text index, in SQLite itself."""

import contextlib
import sqlite3

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from offline_digest.errors import UsageError
from offline_digest.library.words import MARK, TOKENIZER, UNMARK, hits, indexed, query


@pytest.fixture(scope="module")
def db():
    with sqlite3.connect(":memory:") as connection:
        connection.execute(f"CREATE VIRTUAL TABLE words USING fts5 (a, b, tokenize = '{TOKENIZER}')")
        yield connection
    connection.close()


def found(db, text, wanted):
    db.execute("DELETE FROM words")
    db.execute("INSERT INTO words VALUES (?, 'other')", (indexed(text),))
    rows = db.execute("SELECT snippet(words, -1, ?, ?, '…', 20) FROM words WHERE words MATCH ?", (MARK, UNMARK, query(wanted)))
    return [hits(snippet) for (snippet,) in rows]


@pytest.mark.parametrize(
    ("text", "wanted", "marked"),
    [
        ("Diffusion models", "diffusion", ["Diffusion"]),
        ("Diffusion models", "diffus", ["Diffusion"]),
        ("Diffusion models", "models diffusion", ["Diffusion", "models"]),
        ("naïve Žofie", "naive zofie", ["naïve", "Žofie"]),
        ("the ﬁrst ＧＰＴ", "first gpt", ["first", "GPT"]),
        ("GPT-4 and U-Net", "gpt-4", ["GPT-4"]),
        ("我们研究扩散模型的性质。", "散", ["散"]),
        ("我们研究扩散模型的性质。", "扩散", ["扩散"]),
        ("我们研究扩散模型的性质。", "扩散模型的性质", ["扩散模型的性质"]),
        ("我们研究扩散模型的性质。", "性质 我们", ["我们", "性质"]),
        ("用Transformer模型训练", "Transformer模型", ["Transformer模型"]),
        ("用 Transformer 模型训练", "transf", ["Transformer"]),
        ("AND OR NOT NEAR", "not AND", ["AND", "NOT"]),
        ("𠮷野的方法", "𠮷", ["𠮷"]),
    ],
)
def test_words_are_found_and_marked(db, text, wanted, marked):
    """English by beginnings without case and accents, Chinese at any length, operators as words."""
    [(snippet, spans)] = found(db, text, wanted)
    assert [snippet[start:end] for start, end in spans] == marked


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("扩散模型", "散扩"),
        ("扩散模型", "扩型"),
        ("diffusion", "fusion"),
        ("diffusion", "diffusion NOT noise"),
        ("b a", "a:b"),
        ("中文", "中国"),
    ],
)
def test_other_words_are_not_found(db, text, wanted):
    """Neither characters in another order nor the middle of an English word, and no syntax does anything."""
    assert found(db, text, wanted) == []


@given(st.text(max_size=60), st.text(max_size=60))
@example("x", 'a" OR "b')
@example("x", "b : *")
@example("x", "NEAR(a b, 2)")
@example("x", "\0a")
@example("x", "\ud800")
@example("x", "a" * 5000)
@example("x", "模" * 5000)
@settings(max_examples=300, deadline=None)
def test_no_input_is_syntax(db, text, wanted):
    """Whatever is typed is looked for or refused in our words, and never an error of SQLite."""
    with contextlib.suppress(UsageError):
        found(db, text, wanted)


@given(
    st.text(alphabet=st.characters(max_codepoint=0x17F, categories=["Lu", "Ll", "Nd"]) | st.sampled_from("扩散模型的 噪声"), max_size=60)
)
@settings(max_examples=300, deadline=None)
def test_a_text_is_found_by_itself(db, text):
    """Every text of letters, digits and Chinese is found by all of its words."""
    assert len(found(db, f"x {text} y", f"x {text}")) == 1


@pytest.mark.parametrize("nothing", ["", "  ", "!!! ?", "\0", "“”"])
def test_without_a_word_there_is_nothing_to_look_for(nothing):
    """An empty question is refused with a hint."""
    with pytest.raises(UsageError, match="no word"):
        query(nothing)


def test_too_many_words_are_refused():
    """FTS5's limit on expressions is met by a sentence of ours."""
    with pytest.raises(UsageError, match="more than"):
        query(" ".join(f"w{n}" for n in range(500)))
