"""Child processes: the libraries that parse foreign files or load weights never run in the parent."""

from offline_digest.workers.cores import physical_cores
from offline_digest.workers.worker import Worker

__all__ = ["Worker", "physical_cores"]
