"""What is wrong with the templates of a format: found by reading them, and by filling them with papers made to show it."""

from offline_digest.posting.checking.faults import find_faults

__all__ = ["find_faults"]
