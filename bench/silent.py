"""A reporter for benches that drive the pipeline."""

from __future__ import annotations


class Silent:
    """Hears everything, says nothing."""

    def step(self, text: str) -> None:
        """Ignore it."""

    def life(self, text: str, share: float | None = None) -> None:
        """Ignore it."""

    def stand(self, standing: object) -> None:
        """Ignore it."""

    def warn(self, text: str) -> None:
        """Ignore it."""
