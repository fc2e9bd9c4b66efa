"""Many short answers decoded together over one shared passage.

A branch is one question: its tokens, its text so far, its own stop rule. A step feeds every open branch in one batch, so that the
weights are read once for all of them. Branches wait in line, the longest answers first, so that no long one is left to be decoded alone at
the end; one enters as soon as a sequence and the cells it will need are free. When the cache is full all the same, the last that entered
goes back in line. Nothing of this depends on time, so the same call gives the same bytes. Lists need no grammar: the program feeds the
marker, the model writes the line, and at its end the program feeds the next marker until the count is reached (DESIGN section 4). A marker
ends without its space, for vocabularies have the space as part of the next word, and a model that must begin a word without one loses its
way.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from offline_digest.engines.llama.binding import BATCH_TOKENS, Row
from offline_digest.errors import CacheFull
from offline_digest.records import Question

PENALTY = 1.1  # on the logits of tokens the branch has already written; small models loop without it
TOP_K = 40
MARKER = "{}."
_MARKER_TOKENS = 4  # at most: a line break, one or two digits, the period
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[。！？]")


class Vocabulary(Protocol):
    """What a branch needs to know of tokens."""

    def tokenize(self, text: str, *, special: bool, begin: bool = False) -> list[int]:
        """Return token ids."""

    def piece(self, token: int) -> bytes:
        """Return the bytes of one token."""

    def ends(self, token: int) -> bool:
        """Tell whether a token ends an answer."""

    @property
    def never_written(self) -> Any:  # noqa: ANN401 (an array of ids; numpy is imported late)
        """Tokens that no answer may hold."""


class Cache(Protocol):
    """What decoding needs of a context."""

    def decode(self, rows: Sequence[Row]) -> None:
        """Evaluate tokens; raises CacheFull and changes nothing when there is no place for them."""

    def logits(self, index: int) -> Any:  # noqa: ANN401 (an array; numpy is imported late)
        """Return the logits of one row of the last batch, free to be changed."""

    def share(self, source: int, target: int) -> None:
        """Let sequence *target* go on from all of *source*."""

    def drop(self, sequence: int) -> None:
        """Forget a whole sequence; -1 means all."""


@dataclass(slots=True, eq=False)
class Branch:
    """One answer in the making.

    Args:
        question: What is asked.
        number: Its place among the questions of the call; seeds what is drawn.
        prompt: The ids of the question, up to where the answer begins.
        sequence: Its sequence in the cache; 0, which is the passage's, while it waits.
        position: Of the first token of `pending`.
        pending: The ids to feed next.
    """

    question: Question
    number: int
    prompt: Sequence[int]
    sequence: int = 0
    position: int = 0
    pending: list[int] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    written: list[int] = field(default_factory=list)
    ended: Literal["stop", "length"] | None = None
    tokens: int = 0
    _line: bytes = b""
    _line_tokens: int = 0

    @property
    def reserve(self) -> int:
        """Cells to keep free for it: the question, and half of the longest answer, for most end well before their limit."""
        return len(self.prompt) + self.question.max_lines * (self.question.max_tokens // 2 + _MARKER_TOKENS)

    @property
    def longest(self) -> int:
        """Most tokens of its answer."""
        return self.question.max_lines * self.question.max_tokens

    def start(self, sequence: int, position: int, vocabulary: Vocabulary) -> None:
        """Begin at *position*, behind the passage, with the question and the first marker of a list."""
        self.sequence, self.position = sequence, position
        self.pending = list(self.prompt)
        if self.question.is_list:
            self.pending += vocabulary.tokenize(MARKER.format(1), special=False)

    def choose(self, logits: Any, vocabulary: Vocabulary) -> int:  # noqa: ANN401 (numpy is imported late)
        """Return the next token for *logits*, shape `(n_vocab,)`; an empty line may neither end nor break."""
        import numpy as np

        seen = np.unique(np.asarray(self.written[-128:], dtype=np.int64))
        if seen.size:
            logits[seen] = np.where(logits[seen] > 0, logits[seen] / PENALTY, logits[seen] * PENALTY)
        logits[vocabulary.never_written] = -np.inf
        for _ in range(8):
            token = self._pick(logits)
            may_end = bool(self._line.strip()) or len(self.lines) >= self.question.min_lines
            if may_end or not (vocabulary.ends(token) or b"\n" in vocabulary.piece(token)):
                return token
            logits[token] = -np.inf
        return token

    def _pick(self, logits: Any) -> int:  # noqa: ANN401
        """Arg-max, or drawn from the best few, seeded so that the same call says the same."""
        import numpy as np

        if self.question.temperature == 0:
            return int(np.argmax(logits))
        best = np.argpartition(logits, -TOP_K)[-TOP_K:]
        best = best[np.argsort(-logits[best], kind="stable")]
        weights = np.exp((logits[best] - logits[best[0]]) / self.question.temperature)
        draw = np.random.default_rng([self.question.attempt, self.number, self.tokens]).random()
        return int(best[int(np.searchsorted(np.cumsum(weights) / weights.sum(), draw))])

    def take(self, token: int, vocabulary: Vocabulary) -> None:
        """Add a chosen token: go on, begin the next line, or end."""
        self.position += len(self.pending)
        self.pending = [token]
        self.tokens += 1
        if vocabulary.ends(token):
            self._end(vocabulary)
            return
        self.written.append(token)
        self._line += vocabulary.piece(token)
        self._line_tokens += 1
        head, newline, _ = self._line.partition(b"\n")
        if newline and head.strip():
            self._line = head
            self._next_line(vocabulary)
        elif self._line_tokens >= self.question.max_tokens:
            self._line = _up_to_sentence_end(self._line)
            if not self.question.is_list:
                self._close_line()
                self.ended = "length"
            else:
                self._next_line(vocabulary)

    def _end(self, vocabulary: Vocabulary) -> None:
        """Take the model's word that it is done, unless a list is still too short."""
        if len(self.lines) + 1 < self.question.min_lines:
            self._next_line(vocabulary)
        else:
            self._close_line()
            self.ended = "stop"

    def _next_line(self, vocabulary: Vocabulary) -> None:
        self._close_line()
        if len(self.lines) >= self.question.max_lines or not self.question.is_list:
            self.ended = "stop"
        else:
            self.pending = vocabulary.tokenize("\n" + MARKER.format(len(self.lines) + 1), special=False)

    def _close_line(self) -> None:
        text = self._line.decode("utf-8", "ignore").strip()
        if text:
            self.lines.append(text)
        self._line, self._line_tokens = b"", 0
        if not text and self.ended is None:
            self.ended = "length"  # a line without a single sentence: more of the same would follow


def _up_to_sentence_end(line: bytes) -> bytes:
    """Return the whole sentences of a line that met its limit."""
    text = line.decode("utf-8", "ignore")
    ends = [m.end() for m in _SENTENCE_END.finditer(text)]
    return text[: ends[-1]].encode() if ends else b""


class Decoding:
    """Runs branches to their ends.

    Args:
        context: Holds the passage.
        vocabulary: Of the model.
        passage: Its sequence.
        position: Where it ends.
        most: Branches open at once, in the *most* sequences after the passage's.
        cells: What open branches may reserve together.
    """

    def __init__(self, context: Cache, vocabulary: Vocabulary, *, passage: int, position: int, most: int, cells: int) -> None:
        self._context = context
        self._vocabulary = vocabulary
        self._passage = passage
        self._position = position
        self._sequences = list(range(passage + most, passage, -1))
        self._cells = cells
        self._open: list[Branch] = []

    def run(self, branches: Sequence[Branch]) -> Iterator[Branch | None]:
        """Yield each branch as it ends, and None after every batch to show life."""
        waiting = deque(sorted(branches, key=lambda b: -b.longest))
        while waiting or self._open:
            while waiting and self._has_room(waiting[0]):
                self._enter(waiting.popleft())
            todo = list(self._open)
            while todo:
                part = _fitting(todo)
                try:
                    self._step(part)
                except CacheFull:
                    if len(self._open) == 1:
                        raise
                    last = self._open[-1]
                    self._leave(last)
                    waiting.appendleft(Branch(last.question, last.number, last.prompt))
                    todo = [b for b in todo if b is not last]
                    self._cells = sum(b.reserve for b in self._open)  # more than these was too much
                    continue
                todo = todo[len(part) :]
                yield None
                for branch in part:
                    if branch.ended:
                        self._leave(branch)
                        yield branch

    def _has_room(self, branch: Branch) -> bool:
        return bool(self._sequences) and (not self._open or branch.reserve + sum(b.reserve for b in self._open) <= self._cells)

    def _enter(self, branch: Branch) -> None:
        branch.start(self._sequences.pop(), self._position, self._vocabulary)
        self._context.share(self._passage, branch.sequence)
        self._open.append(branch)

    def _leave(self, branch: Branch) -> None:
        self._context.drop(branch.sequence)
        self._sequences.append(branch.sequence)
        self._open.remove(branch)

    def _step(self, part: Sequence[Branch]) -> None:
        """Feed what each branch has pending, and let each choose its next token."""
        rows = [
            Row(token, branch.position + i, branch.sequence, i == len(branch.pending) - 1)
            for branch in part
            for i, token in enumerate(branch.pending)
        ]
        self._context.decode(rows)
        end = 0
        for branch in part:
            end += len(branch.pending)
            branch.take(branch.choose(self._context.logits(end - 1), self._vocabulary), self._vocabulary)


def _fitting(branches: Sequence[Branch]) -> list[Branch]:
    """Return the first branches whose pending tokens fit one batch; only the first step, with whole questions, ever needs more."""
    part: list[Branch] = []
    room = BATCH_TOKENS
    for branch in branches:
        room -= len(branch.pending)
        if part and room < 0:
            break
        part.append(branch)
    return part
