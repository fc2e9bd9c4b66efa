"""What a model hub tells of a repository, and where its files are fetched.

    GET /api/models/<user>/<repo>?blobs=true        commit, files, and of each that Git LFS holds its size and SHA-256
    GET /<user>/<repo>/resolve/<commit>/<file>      the file, mostly by a redirect to another host, with X-Linked-ETag and X-Linked-Size

Files are asked for by commit, so that what goes on later is the same file. Source: https://huggingface.co/docs/hub/api; huggingface_hub,
hf_api.py (`model_info`) and file_download.py (`get_hf_file_metadata`).
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from pydantic import Field

from offline_digest.config import HubAccess, Network, hub_access
from offline_digest.errors import ModelNotFound, NetworkForbidden, Refused, WrongContent
from offline_digest.net import Downloaded, Kind, Patience, Session, Wanted, download
from offline_digest.net.transfer import Heard
from offline_digest.records import Record
from offline_digest.weights.spelling import is_model_path, is_repository

MOST_LISTING_BYTES = 2**25
GGUF = Kind(name="GGUF file", magic=b"GGUF", magic_bytes=4)
_REDIRECTS = (301, 302, 303, 307, 308)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ASK_OTHERWISE = "Download the file by other means and give it to `offline-digest models import`."


class HubFile(Record):
    """A GGUF file of a repository; size and hash are None where the hub's listing does not tell them."""

    path: str
    size_bytes: Annotated[int, Field(gt=0)] | None = None
    sha256: Annotated[str, Field(pattern=_SHA256.pattern)] | None = None


class Listing(Record):
    """A repository at one commit; `repository` is as the hub spells it, `files` are in its order."""

    repository: str
    commit: str
    files: tuple[HubFile, ...]


class Hub:
    """A hub or a mirror of it. The token goes to its own host alone."""

    def __init__(self, access: HubAccess, session: Session) -> None:
        self._access = access
        self._session = session
        safe = urlsplit(access.endpoint).scheme == "https" or urlsplit(access.endpoint).hostname in {"localhost", "127.0.0.1", "::1"}
        self._headers = {"Authorization": f"Bearer {access.token}"} if access.token and safe else {}

    def listing(self, repository: str) -> Listing:
        """Return what there is in *repository* (`user/repo`).

        Raises:
            ModelNotFound: The hub has no such repository, or does not show it.
            NetworkError: The hub cannot be asked, or its answer is none.
        """
        url = f"{self._access.endpoint}/api/models/{repository}?blobs=true"
        try:
            body = self._session.get(url, most_bytes=MOST_LISTING_BYTES, headers=self._headers)
        except Refused as error:
            if error.status not in {401, 403, 404}:
                raise
            raise ModelNotFound(
                f"{self._access.endpoint} shows no repository {repository}.",
                "Check how it is written; if it is private, set HF_TOKEN to a token that may read it.",
            ) from error
        try:
            return _listing(json.loads(body), repository)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise WrongContent(
                f"The answer of {self._access.endpoint} about {repository} is no listing.", "Check HF_ENDPOINT, or try another mirror.", url
            ) from error

    def sized(self, listing: Listing, file: HubFile) -> HubFile:
        """Return *file* with its size and hash, which a mirror may tell with the file itself alone.

        Raises:
            WrongContent: The hub does not tell them, so nobody could know whether the right file has come.
            NetworkError: It cannot be asked.
        """
        if file.size_bytes and file.sha256:
            return file
        url = self.address(listing, file)
        with self._told(listing), self._session.answer(url, self._headers, accept=(200, *_REDIRECTS), method="HEAD") as answer:
            size = answer.header("X-Linked-Size") or (answer.header("Content-Length") if answer.status == 200 else None) or ""
            sha256 = (answer.header("X-Linked-ETag") or answer.header("ETag") or "").strip('"').lower()
        if not size.isdecimal() or not _SHA256.fullmatch(sha256):
            raise WrongContent(f"{self._access.endpoint} does not tell the SHA-256 of {file.path}.", _ASK_OTHERWISE, url)
        return HubFile(path=file.path, size_bytes=int(size), sha256=sha256)

    def address(self, listing: Listing, file: HubFile) -> str:
        """Return where a file is fetched."""
        return f"{self._access.endpoint}/{listing.repository}/resolve/{listing.commit}/{quote(file.path)}"

    def fetch(self, listing: Listing, file: HubFile, target: Path, heard: Heard) -> Downloaded:
        """Download a file, of which size and hash are known, to *target*.

        Raises:
            NetworkError: It could not be fetched.
            IntegrityError: What came has another hash; it was removed.
            DiskFull: There is no space for it.
        """
        wanted = Wanted(
            url=self.address(listing, file),
            target=target,
            kind=GGUF,
            most_bytes=file.size_bytes or 0,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
            headers=self._headers,
        )
        with self._told(listing):
            return download(self._session, wanted, heard)

    @contextlib.contextmanager
    def _told(self, listing: Listing) -> Iterator[None]:
        """Say of what the hub does not give to everybody, or not any more, how to get it; its other hosts have other reasons to refuse.

        Raises:
            ModelNotFound: Asking again would get the same answer.
        """
        page = f"{self._access.endpoint}/{listing.repository}"
        try:
            yield
        except Refused as error:
            if not error.url.startswith(f"{page}/"):
                raise
            if error.status in {401, 403}:
                terms = "Agree to its terms there in a browser, make a token that may read, and set HF_TOKEN to it."
                raise ModelNotFound(f"{page} is not given to everybody.", terms) from error
            if error.status in {404, 410}:
                raise ModelNotFound(
                    f"{page} lists a file that it does not give.", "Try another quantization, or another mirror."
                ) from error
            raise


@contextlib.contextmanager
def open_hub(network: Network, *, told: Callable[[str], None] = lambda _text: None, patience: Patience | None = None) -> Iterator[Hub]:
    """Open a session with the hub that configuration and environment name.

    Raises:
        NetworkForbidden: Configuration or environment forbid it.
        ConfigError: HF_ENDPOINT or HF_TOKEN is broken.
    """
    access = hub_access(network)
    if access.forbidden_by and not network.offline:
        raise NetworkForbidden(f"This needs the network, which {access.forbidden_by} forbids.", f"Unset {access.forbidden_by}.")
    with Session(network, told=told, patience=patience) as session:
        yield Hub(access, session)


def _listing(data: Any, repository: str) -> Listing:  # noqa: ANN401 (whatever the JSON holds)
    """Return the listing in an answer, of its files those whose paths can be one inside a folder.

    Raises:
        ValueError, TypeError, KeyError, AttributeError: It is none.
    """
    name, commit = data.get("id") or repository, data["sha"]
    if not is_repository(name) or not re.fullmatch(r"[0-9a-f]{40}", commit):
        raise ValueError(name)
    files = (_file(sibling) for sibling in data["siblings"] if is_model_path(sibling["rfilename"]))
    return Listing(repository=name, commit=commit, files=tuple(files))


def _file(sibling: dict[str, Any]) -> HubFile:
    held = sibling.get("lfs") or {}
    sha256 = held.get("sha256") or held.get("oid")
    return HubFile(path=sibling["rfilename"], size_bytes=held.get("size"), sha256=sha256)
