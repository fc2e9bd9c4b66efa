"""The model's vocabulary: byte-level BPE in GGUF's order, what may be dropped of it, and what a new piece begins as."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

VOCABULARY = "vocabulary.json"
NORMAL = 1  # GGUF's type of a token that is neither control nor unknown


@dataclass(frozen=True)
class Vocabulary:
    """Byte-level BPE with the pre-tokenizer `smollm`: tokens by id, merges by rank (`"a b"`), GGUF's type of each token."""

    tokens: tuple[str, ...]
    merges: tuple[str, ...]
    types: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.tokens)

    @cached_property
    def ids(self) -> Mapping[str, int]:
        """Token → id."""
        return {token: i for i, token in enumerate(self.tokens)}

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Read the JSON file that `save` writes."""
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(tuple(data["tokens"]), tuple(data["merges"]), tuple(data["types"]))

    def save(self, path: Path) -> None:
        """Write tokens, merges and types as JSON."""
        data = {"tokens": self.tokens, "merges": self.merges, "types": self.types}
        path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")

    def without_rare(self, counts: Sequence[int], least: int) -> Vocabulary:
        """Return the vocabulary without the tokens that were written fewer than *least* times.

        Control tokens and single bytes stay, so that every text can still be spelled, and so does what the merges of a kept token are made
        of, so that it is still reached. Ids change; the order does not.

        Args:
            counts: How often each token was written, shape `(len(self),)`.
            least: Fewest uses of a token that stays.
        """
        whole = (len(token) == 1 or kind != NORMAL for token, kind in zip(self.tokens, self.types, strict=True))
        kept = {token for token, stays, count in zip(self.tokens, whole, counts, strict=True) if stays or count >= least}
        for first, second in self._pairs(reverse=True):
            if first + second in kept:
                kept |= {first, second}
        merges = (
            merge for merge, (first, second) in zip(self.merges, self._pairs(), strict=True) if {first, second, first + second} <= kept
        )
        types = (kind for token, kind in zip(self.tokens, self.types, strict=True) if token in kept)
        return Vocabulary(tuple(token for token in self.tokens if token in kept), tuple(merges), tuple(types))

    def origins(self, base: Sequence[str]) -> list[list[int]]:
        """Return for each token the ids in *base* that it stands for: its own there, or those of the pieces it was merged from.

        Args:
            base: The tokens of the vocabulary that this one continues, which has every single byte.
        """
        known = {token: [i] for i, token in enumerate(base)}
        for first, second in self._pairs():
            if first + second not in known:
                known[first + second] = known[first] + known[second]
        return [known[token] for token in self.tokens]

    def _pairs(self, *, reverse: bool = False) -> Iterator[tuple[str, str]]:
        for merge in reversed(self.merges) if reverse else self.merges:
            first, _, second = merge.partition(" ")
            yield first, second
