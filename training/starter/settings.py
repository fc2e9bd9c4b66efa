"""What decides a training, apart from its data."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What decides a training's weights.

    Attributes:
        epochs: How often every paper is seen; parts count.
        batch_papers: Papers of one step.
        micro_papers: Papers evaluated at once; what memory allows. A divisor of `batch_papers`.
        learning_rate: The highest, after the warm-up.
        warmup_steps: Of the learning rate; at most a tenth of all steps.
        decay_share: Over which last part of the steps the learning rate falls, in a straight line to zero. Before, it does not depend on how many
            steps there will be, so a training can be taken up there and made longer.
        embedding_rate: Learning rate of the embedding, as a multiple: new pieces have the longest way to go.
        weight_decay: Of matrices other than the embedding.
        bfloat16: Whether matrices are multiplied in bfloat16, 1 or 0 (float32).
        list_share: Papers with lists of takeaways among all of an epoch.
        copy_weight: Importance of tokens with Latin letters or digits, which Chinese answers copy from the passage; 1 is that of all others.
        snapshots: Weights kept for averaging.
        snapshot_share: Over which last part of the steps they are spread.
        seed: Of the order of papers.
    """

    epochs: float = 8.0
    batch_papers: int = 16
    micro_papers: int = 8
    learning_rate: float = 1e-3
    warmup_steps: int = 50
    decay_share: float = 0.2
    embedding_rate: float = 1.5
    weight_decay: float = 0.05
    bfloat16: int = 1
    list_share: float = 1 / 16
    copy_weight: float = 1.0
    snapshots: int = 5
    snapshot_share: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        if self.batch_papers % self.micro_papers:
            raise ValueError(f"{self.micro_papers} papers at once do not divide a step's {self.batch_papers}.")

    def rate(self, step: int, steps: int) -> float:
        """Return the learning rate of *step*, counted from 0."""
        warmup = min(self.warmup_steps, steps // 10)
        return self.learning_rate * min(1.0, (step + 1) / (warmup + 1), (steps - step) / (steps - self.decay_start(steps) + 1))

    def decay_start(self, steps: int) -> int:
        """Return the first step whose learning rate falls."""
        return steps - round(steps * self.decay_share)

    def continues(self, other: Settings, done: int, steps: int, other_steps: int) -> bool:
        """Return whether a training of *steps* with these settings had been the same up to *done* as one of *other_steps* with *other*.

        Papers evaluated at once change a step's sum by rounding alone.
        """
        alike = replace(other, epochs=self.epochs, decay_share=self.decay_share, micro_papers=self.micro_papers) == self
        return alike and all(self.rate(i, steps) == other.rate(i, other_steps) for i in range(done))

    def snapshot_steps(self, steps: int) -> set[int]:
        """Return the numbers of done steps after which weights are kept; the last is among them."""
        gap = max(1, round(steps * self.snapshot_share / max(1, self.snapshots)))
        return set(range(steps, 0, -gap)[: self.snapshots])
