"""Everything this program raises on purpose.

    DigestError                     message: what is wrong with which file or id; hint: what to do next
    ├── UsageError            2     a call, a path or a setting that cannot work
    │   ├── ConfigError       2
    │   └── NotUnderstood     2     a server that says so of what it was asked
    ├── PaperError            16    one PDF that cannot be used; the others of the batch go on
    │   ├── NotAPdf
    │   ├── DamagedPdf
    │   ├── EncryptedPdf
    │   ├── EmptyPdf
    │   └── TooLargePdf
    ├── ModelNotFound         10
    ├── ModelUnusable         10    the file is there and cannot be loaded
    ├── Locked                11
    ├── IntegrityError        12
    ├── OutOfMemory           13
    ├── NetworkError          16    one thing that could not be fetched; the others go on
    │   ├── Unreachable             no connection: no network, no such host, a proxy that refuses
    │   │   └── Untrusted           a certificate nobody here vouches for
    │   ├── CutOff                  the connection broke, stalled, or ended too early
    │   ├── Refused                 the server answers with an error, or sends on for ever
    │   ├── WrongContent            what came is not what was asked for
    │   └── NetworkForbidden  14
    ├── DiskFull              15
    └── WorkerError           1     a child process that died or hung
        ├── WorkerDied
        ├── WorkerTimeout
        └── CacheFull

The number is the exit code when the error ends the whole call (DESIGN section 7). Arguments are positional and kept in `args`,
so that every class survives pickling between processes.
"""

import errno
import re

_UNMAPPED = re.compile(r"failed to map segment|cannot allocate memory", re.IGNORECASE)


class DigestError(Exception):
    """Root of the tree: *message* says what is wrong and with which file or id, *hint* what to do next."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(DigestError):
    """A call, a path or an option that cannot work."""

    exit_code = 2


class ConfigError(UsageError):
    """The configuration file is broken or names an unknown key."""


class NotUnderstood(UsageError):
    """A server says that it does not understand what it was asked."""


class PaperError(DigestError):
    """One PDF that cannot be used."""

    exit_code = 16


class NotAPdf(PaperError):
    """The file's first bytes are not those of a PDF, whatever its name says."""


class DamagedPdf(PaperError):
    """The file begins as a PDF and cannot be read to the end."""


class EncryptedPdf(PaperError):
    """A password is needed."""


class EmptyPdf(PaperError):
    """No pages, or pages without any text (a scan without an OCR layer)."""


class TooLargePdf(PaperError):
    """More pages, bytes, memory or seconds than the limits allow."""


class ModelNotFound(DigestError):
    """No model of that name or path on this machine."""

    exit_code = 10


class ModelUnusable(DigestError):
    """The model file is there, and llama.cpp cannot use it."""

    exit_code = 10


class Locked(DigestError):
    """Another run holds the library."""

    exit_code = 11


class IntegrityError(DigestError):
    """A file is not the one that was recorded."""

    exit_code = 12


class OutOfMemory(DigestError):
    """The work does not fit the memory of this machine."""

    exit_code = 13


class NetworkError(DigestError):
    """Something that could not be fetched; *url* says from where.

    `retryable`: the same request may succeed in a moment; `ends_all`: no other request to that server should be made now.
    """

    exit_code = 16
    retryable = False
    ends_all = False

    def __init__(self, message: str, hint: str = "", url: str = "") -> None:
        super().__init__(message, hint)
        self.args = (message, hint, url)
        self.url = url


class Unreachable(NetworkError):
    """No connection could be made; every other request would fail alike."""

    retryable = True
    ends_all = True


class Untrusted(Unreachable):
    """The certificate of server or proxy is not trusted here."""

    retryable = False


class CutOff(NetworkError):
    """An answer began and did not come to its end."""

    retryable = True


class Refused(NetworkError):
    """The server answers with an error *status*; *wait_s* is how long it asks to wait, None when it does not say."""

    def __init__(self, message: str, hint: str = "", url: str = "", status: int = 0, wait_s: float | None = None) -> None:
        super().__init__(message, hint, url)
        self.args = (message, hint, url, status, wait_s)
        self.status = status
        self.wait_s = wait_s

    @property
    def retryable(self) -> bool:  # type: ignore[override]  # of this error it depends on the status
        """Whether the status is one that passes: RFC 9110, section 15, and RFC 6585 for 429."""
        return self.status in {408, 425, 429, 500, 502, 503, 504}

    @property
    def ends_all(self) -> bool:  # type: ignore[override]  # likewise
        """Whether the server asks to be left alone."""
        return self.status == 429 or self.wait_s is not None


class WrongContent(NetworkError):
    """What came is not what was asked for: a web page in place of a PDF, another length, a compressed body."""


class NetworkForbidden(NetworkError):
    """The call needs the network, and the configuration forbids it."""

    exit_code = 14


class DiskFull(DigestError):
    """No space left where something has to be written."""

    exit_code = 15


class WorkerError(DigestError):
    """A child process did not answer."""


class WorkerDied(WorkerError):
    """The child process ended by itself or was killed; *status* is its exit code, negative for a signal, None if unknown."""

    def __init__(self, message: str, hint: str = "", status: int | None = None) -> None:
        super().__init__(message, hint)
        self.args = (message, hint, status)
        self.status = status


class WorkerTimeout(WorkerError):
    """The child process said nothing for too long and was ended."""


class CacheFull(WorkerError):
    """The KV cache of a model has no place for a batch; nothing of it was evaluated."""


def is_shortage(error: BaseException | None) -> bool:
    """Tell whether *error*, or what it came of, says that memory is short; the loader says so in words (glibc, musl), in an `ImportError`."""
    while error is not None:
        if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
            return True
        if isinstance(error, RuntimeError) and str(error) == "can't start new thread":  # for want of a stack
            return True
        if isinstance(error, SystemError) and str(error) == "error return without exception set":  # a MemoryError that C code lost
            return True
        if isinstance(error, (ImportError, OSError)) and _UNMAPPED.search(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False
