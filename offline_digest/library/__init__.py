"""What stays on disk: readings, digests, answers, and what was written where."""

from offline_digest.files import disk_errors, file_sha256, write_atomically
from offline_digest.library.archive import Moved, check_archive, export_library, import_library
from offline_digest.library.glance import Glance, glance
from offline_digest.library.history import Posted, enter_posted, list_posted
from offline_digest.library.lock import run_lock
from offline_digest.library.lookup import CallRow, Hit, PaperRow, find_paper, find_words, find_writer, list_calls, list_papers, load_paper
from offline_digest.library.pdfs import KeptPdf, find_pdf, is_fetched, keep_pdf, list_known, locate_pdf
from offline_digest.library.showing import digest_state, library_state, list_texts
from offline_digest.library.store import Library, key_of
from offline_digest.library.upkeep import Freed, Problem, Rebuilt, collect_garbage, is_library, rebuild_library, verify_library
from offline_digest.library.written import WrittenPost

__all__ = [
    "CallRow",
    "Freed",
    "Glance",
    "Hit",
    "KeptPdf",
    "Library",
    "Moved",
    "PaperRow",
    "Posted",
    "Problem",
    "Rebuilt",
    "WrittenPost",
    "check_archive",
    "collect_garbage",
    "digest_state",
    "disk_errors",
    "enter_posted",
    "export_library",
    "file_sha256",
    "find_paper",
    "find_pdf",
    "find_words",
    "find_writer",
    "glance",
    "import_library",
    "is_fetched",
    "is_library",
    "keep_pdf",
    "key_of",
    "library_state",
    "list_calls",
    "list_known",
    "list_papers",
    "list_posted",
    "list_texts",
    "load_paper",
    "locate_pdf",
    "rebuild_library",
    "run_lock",
    "verify_library",
    "write_atomically",
]
