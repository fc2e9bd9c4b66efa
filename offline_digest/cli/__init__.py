"""The command line: thin, and quick to start; each command imports what it needs."""

from offline_digest.cli.main import main

__all__ = ["main"]
