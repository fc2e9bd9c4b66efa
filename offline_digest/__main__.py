"""`python -m offline_digest`."""

import sys

from offline_digest.cli import main

if __name__ == "__main__":
    sys.exit(main())
