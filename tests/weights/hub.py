"""A model hub, played by two real HTTP servers on loopback: one lists repositories and sends on, the other has the files.

As huggingface.co does it: the listing tells size and SHA-256 of what Git LFS holds, and `resolve` sends to an address of the other host that
can be used once.
"""

import hashlib
import itertools
import json
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.net.server import File, head, running, text

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def sha256_of(data):
    return hashlib.sha256(data).hexdigest()


@dataclass
class Repository:
    """Its files by path; `told`: the listing has sizes and hashes; `token`: what it wants to be asked with."""

    files: dict
    commit: str = COMMIT
    told: bool = True
    linked: bool = True
    token: str | None = None
    private: bool = False
    lies: dict = field(default_factory=dict)


class HubSite:
    """The hub's `front` and its `store`; faults are put into what `stored` returns."""

    def __init__(self, front, store):
        self.front, self.store = front, store
        self._signs = itertools.count(1)
        self.base = front.base

    def put(self, name, files, **more):
        """Add a repository, or another version of it."""
        repository = Repository(files=files, **more)
        self.front.answers[f"/api/models/{name}"] = lambda handler, query: self._list(handler, name, repository, query)
        for path, data in files.items():
            address = f"/blobs/{sha256_of(data)}"
            if address not in self.store.files:
                self.store.files[address] = File(data, etag=f'"{sha256_of(data)}"', content_type="application/octet-stream")
            answer = self._sender(repository, path, data, address)
            self.front.answers[f"/{name}/resolve/{repository.commit}/{path}"] = answer
        return repository

    def stored(self, data):
        """Return the file that holds *data*, to give it faults."""
        return self.store.files[f"/blobs/{sha256_of(data)}"]

    def fetched(self):
        """Return how many bytes of files were sent."""
        return sum(request.sent for request in self.store.requests if request.status in {200, 206})

    def _allowed(self, handler, repository):
        return repository.token is None or handler.request_seen.headers.get("authorization") == f"Bearer {repository.token}"

    def _list(self, handler, name, repository, query):
        if repository.private and not self._allowed(handler, repository):
            text(handler, 401, '{"error": "Invalid username or password."}')
            return
        siblings = []
        for path, data in repository.files.items():
            row = {"rfilename": path}
            if repository.told and query.get("blobs") == ["true"]:
                held = {"sha256": repository.lies.get(path, sha256_of(data)), "size": len(data), "pointerSize": 135}
                row |= {"size": len(data), "blobId": "0" * 40} | ({"lfs": held} if path.endswith(".gguf") else {})
            siblings.append(row)
        text(handler, 200, json.dumps({"id": name, "sha": repository.commit, "gated": False, "siblings": siblings}))

    def _sender(self, repository, path, data, address):
        def answer(handler, _query):
            if not self._allowed(handler, repository):
                text(handler, 401 if "authorization" not in handler.request_seen.headers else 403, "Access to it is restricted.")
                return
            sign = next(self._signs)
            signed = f"{address}/{sign}"
            self.store.answers[signed] = lambda other, query: self._store(other, address, signed)
            linked = {"X_Linked_ETag": f'"{repository.lies.get(path, sha256_of(data))}"', "X_Linked_Size": str(len(data))}
            head(
                handler, 302, 0, Location=self.store.base + signed, X_Repo_Commit=repository.commit, **(linked if repository.linked else {})
            )

        return answer

    def _store(self, handler, address, signed):
        from tests.net.server import refuse, serve

        file = self.store.files[address]
        if "authorization" in handler.request_seen.headers:
            text(handler, 400, "Only one way of signing is allowed.")
            return
        self.store.answers[signed] = lambda other, _query: refuse(403)(other, None)  # an address serves one request
        if file.faults:
            file.faults.pop(0)(handler, file)
        else:
            serve(handler, file)


@contextmanager
def hub_site():
    with running() as front, running() as store:
        yield HubSite(front, store)
