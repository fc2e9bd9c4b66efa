"""Branches without a model: a made-up vocabulary of single characters and logits that spell prepared answers."""

import numpy as np
import pytest

from offline_digest.engines.llama.branches import Branch, Decoding
from offline_digest.errors import CacheFull
from offline_digest.records import Question

END = 0


class Letters:
    """One token per character; 0 ends an answer, `#` may not be written."""

    never_written = np.array([ord("#")])

    def tokenize(self, text, *, special, begin=False):
        return [ord(c) for c in text]

    def piece(self, token):
        return b"" if token == END else chr(token).encode()

    def ends(self, token):
        return token == END


class Spelling:
    """A context whose logits spell the prepared texts, each for the branch whose question begins with its number; keeps every batch.

    It has *cells* places for branches, and refuses what does not fit as llama.cpp does.
    """

    def __init__(self, answers, cells=10**6):
        self.answers = answers
        self.cells = cells
        self.left = {}
        self.used = {}
        self.batches = []
        self.dropped = []
        self.refused = 0

    def decode(self, rows):
        if sum(self.used.values()) + len(rows) > self.cells:
            self.refused += 1
            raise CacheFull("full")
        for row in rows:
            if row.sequence not in self.left:
                self.left[row.sequence] = list(self.answers[row.token])
            self.used[row.sequence] = self.used.get(row.sequence, 0) + 1
        self.batches.append(rows)

    def logits(self, index):
        row = self.batches[-1][index]
        assert row.logits
        values = np.zeros(0x10000, dtype=np.float32)
        letters = self.left[row.sequence]
        values[ord(letters.pop(0)) if letters else END] = 50.0
        values[ord("z")] = 1.0
        return values

    def share(self, source, target):
        assert (source, target in self.left) == (0, False)

    def drop(self, sequence):
        self.dropped.append(sequence)
        del self.left[sequence], self.used[sequence]


def question(*, lines=(1, 1), max_tokens=80):
    return Question(field="f", language="en", prompt="?", min_lines=lines[0], max_lines=lines[1], max_tokens=max_tokens)


def run(answers, questions, *, most=8, reserve=10**6, cells=10**6):
    """Return the context, the finished branches in the order of the questions, and in that of their ends."""
    context = Spelling(dict(enumerate(answers, start=1000)), cells)
    branches = [Branch(q, n, [1000 + n, ord("?")]) for n, q in enumerate(questions)]
    decoding = Decoding(context, Letters(), passage=0, position=100, most=most, cells=reserve)
    ended = [b for b in decoding.run(branches) if b is not None]
    return context, sorted(ended, key=lambda b: b.number), ended


def fed(context, sequence):
    return "".join(chr(row.token) for batch in context.batches for row in batch if row.sequence == sequence)


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("One line.", ["One line."]),
        ("One line.\nAnd chatter after it.", ["One line."]),
        ("中文也可以。", ["中文也可以。"]),
    ],
)
def test_a_plain_answer_is_one_line(said, lines):
    """A question that is no list ends at the end of its line, whatever the model would add."""
    _, (branch,), _ = run([said], [question()])
    assert branch.lines == lines
    assert branch.ended == "stop"


def test_an_answer_cannot_begin_with_an_empty_line():
    """A model that wants a line break first, or nothing at all, gets its next best token."""
    assert run(["\nOne line."], [question()])[1][0].lines[0].endswith("One line.")
    assert run([""], [question()])[1][0].lines == ["z"]


def test_a_list_is_led_by_fed_markers():
    """The program feeds each marker, the model only writes the lines, and the list ends at its count."""
    context, (branch,), _ = run([" Ada.\n Bo.\n Cy.\n Di."], [question(lines=(2, 3))])
    assert branch.lines == ["Ada.", "Bo.", "Cy."]
    assert branch.ended == "stop"
    text = fed(context, 1)
    assert text[1:].startswith("?1. Ada.")
    assert "\n2. Bo." in text
    assert "\n3. Cy" in text
    assert "4." not in text


def test_a_list_may_end_between_its_limits_but_not_before():
    """The end of an answer counts from the fewest lines on; before, it is only the end of a line."""
    assert run([" Ada.\n Bo."], [question(lines=(2, 5))])[1][0].lines == ["Ada.", "Bo."]
    context, (branch,), _ = run([" Ada."], [question(lines=(2, 5))])
    assert branch.lines[0] == "Ada."
    assert len(branch.lines) >= 2
    assert "\n2." in fed(context, 1)


def test_an_answer_that_meets_its_limit_keeps_whole_sentences():
    """Text beyond the last whole sentence is dropped, and the answer says why it ended."""
    _, (branch,), _ = run(["First one. Second one. Third that never ends"], [question(max_tokens=30)])
    assert branch.lines == ["First one. Second one."]
    assert branch.ended == "length"


def test_an_endless_line_without_a_sentence_gives_nothing():
    """A limit met before any sentence ended leaves no line, and a list stops there."""
    assert run(["x" * 500], [question(max_tokens=30)])[1][0].lines == []
    _, (branch,), _ = run(["x" * 500], [question(lines=(3, 5), max_tokens=30)])
    assert branch.lines == []
    assert branch.ended is not None


def test_branches_share_batches_and_leave_when_they_end():
    """Every step holds all open branches once; an ended one is dropped from the cache and the next steps."""
    context, _, ended = run(["Hi.", "Hello there."], [question(), question()])
    assert [b.number for b in ended] == [0, 1]
    assert context.dropped == [1, 2]
    assert [row.sequence for row in context.batches[1]] == [1, 2]
    assert [row.sequence for row in context.batches[-1]] == [2]


def test_positions_go_on_without_gap():
    """Each sequence's tokens stand one after the other, from where the passage ends."""
    context, _, _ = run([" Ada.\n Bo.", "Hello."], [question(lines=(2, 3)), question()])
    for sequence in (1, 2):
        positions = [row.position for batch in context.batches for row in batch if row.sequence == sequence]
        assert positions == list(range(100, 100 + len(positions)))


def test_the_same_call_says_the_same():
    """Second attempts draw at random, from a seed that only the call decides."""
    texts = set()
    for _ in range(3):
        branch = Branch(question().model_copy(update={"attempt": 1, "temperature": 0.7}), 1, [1])
        logits = np.linspace(0, 3, 200, dtype=np.float32)
        texts.add(tuple(branch.choose(logits.copy(), Letters()) for _ in range(5)))
    assert len(texts) == 1


def test_repeating_is_penalised():
    """A token already written loses against an equal one that was not."""
    branch = Branch(question(), 1, [1])
    branch.written = [65]
    branch._line = b"x"
    logits = np.zeros(128, dtype=np.float32)
    logits[65], logits[66] = 2.0, 1.95
    assert branch.choose(logits, Letters()) == 66


def test_what_may_not_be_written_is_not():
    """Control tokens and the marks of thinking aloud lose against anything else."""
    assert run(["#One line."], [question()])[1][0].lines == ["zOne line."]


def test_the_next_in_line_enters_when_one_ends():
    """No more branches are open than there are sequences; a free one is taken at the next step."""
    context, branches, _ = run(["Hi.", "Hello there.", "Yes."], [question()] * 3, most=2)
    assert [b.lines for b in branches] == [["Hi."], ["Hello there."], ["Yes."]]
    assert max(len({row.sequence for row in batch}) for batch in context.batches) == 2
    entered = next(i for i, batch in enumerate(context.batches) if any(row.token == 1002 for row in batch))
    assert entered == len("Hi.") + 1  # the step after the one whose logits ended the first


def test_the_longest_enter_first():
    """The line is ordered by the length an answer may have, whatever the order of the questions; equals keep theirs."""
    questions = [question(), question(max_tokens=90), question(lines=(2, 2), max_tokens=60), question()]
    context, _, _ = run(["a", "b", " c.\n d.", "e"], questions, most=1)
    asked = [row.token - 1000 for batch in context.batches for row in batch if 1000 <= row.token < 1004]
    assert asked == [2, 1, 0, 3]


def test_no_more_is_opened_than_may_be_reserved():
    """Branches wait while the open ones have reserved the cells; one alone is always let in."""
    need = Branch(question(), 0, [1000, 63]).reserve
    context, branches, _ = run(["Hi.", "Hello.", "Yes."], [question()] * 3, reserve=2 * need)
    assert [b.lines for b in branches] == [["Hi."], ["Hello."], ["Yes."]]
    assert max(len({row.sequence for row in batch}) for batch in context.batches) == 2
    assert len(run(["Hi.", "Hello."], [question()] * 2, reserve=1)[1]) == 2


def test_a_full_cache_sends_the_last_back_in_line():
    """What has no place is asked again from its beginning once others have ended, and every answer is whole."""
    said = ["A long answer of many letters.", "Another long answer of letters.", "Short."]
    context, branches, ended = run(said, [question()] * 3, cells=60)
    assert [b.lines for b in branches] == [[text] for text in said]
    assert context.refused > 0
    assert len(ended) == 3


def test_a_cache_too_small_for_one_branch_is_an_error():
    """There is nobody left to send back."""
    with pytest.raises(CacheFull):
        run(["A long answer of many letters."], [question()], cells=10)
