"""What stays on disk: readings, digests, answers, and what was written where."""

from offline_digest.library.files import disk_errors, file_sha256, write_atomically
from offline_digest.library.lock import run_lock
from offline_digest.library.store import Library, key_of

__all__ = ["Library", "disk_errors", "file_sha256", "key_of", "run_lock", "write_atomically"]
