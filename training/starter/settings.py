"""What decides a training, apart from its data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What decides a training's weights.

    Attributes:
        epochs: How often every paper is seen.
        row_tokens: Length of a row.
        batch_rows: Rows of one step.
        micro_rows: Rows evaluated at once; what memory allows. A divisor of `batch_rows`.
        learning_rate: The highest, after the warm-up; it falls in a straight line to zero at the last step.
        warmup_steps: Of the learning rate; at most a tenth of all steps.
        embedding_rate: Learning rate of the embedding, as a multiple: new pieces have the longest way to go.
        weight_decay: Of matrices other than the embedding.
        list_share: Papers with lists of takeaways among all of an epoch.
        copy_weight: Importance of tokens with Latin letters or digits, which Chinese answers copy from the passage; 1 is that of all others.
        snapshots: Weights kept for averaging.
        snapshot_share: Over which last part of the steps they are spread.
        seed: Of the order of papers.
    """

    epochs: int = 8
    row_tokens: int = 2048
    batch_rows: int = 16
    micro_rows: int = 8
    learning_rate: float = 8e-4
    warmup_steps: int = 200
    embedding_rate: float = 1.5
    weight_decay: float = 0.05
    list_share: float = 1 / 16
    copy_weight: float = 1.0
    snapshots: int = 5
    snapshot_share: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        if self.batch_rows % self.micro_rows:
            raise ValueError(f"{self.micro_rows} rows at once do not divide a step's {self.batch_rows}.")

    def rate(self, step: int, steps: int) -> float:
        """Return the learning rate of *step*, counted from 0."""
        warmup = min(self.warmup_steps, steps // 10)
        return self.learning_rate * min((step + 1) / (warmup + 1), (steps - step) / (steps - warmup))

    def snapshot_steps(self, steps: int) -> set[int]:
        """Return the numbers of done steps after which weights are kept; the last is among them."""
        gap = max(1, round(steps * self.snapshot_share / max(1, self.snapshots)))
        return set(range(steps, 0, -gap)[: self.snapshots])
