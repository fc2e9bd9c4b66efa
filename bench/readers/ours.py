"""Our reader on one PDF; `--pictures` renders figures and tables too. Prints one JSON object."""

import json
import sys
import tempfile
import time
from pathlib import Path

start = time.perf_counter()
import pymupdf  # noqa: E402, F401, TID253 (imports are timed apart)

from offline_digest.cli.commands import describe_reading  # noqa: E402
from offline_digest.reading import Reader  # noqa: E402

imported = time.perf_counter()
with tempfile.TemporaryDirectory() as folder:
    paper = Reader().read(Path(sys.argv[1]), Path(folder) / "pictures" if "--pictures" in sys.argv else None)
done = time.perf_counter()
print(json.dumps({"file": sys.argv[1], **describe_reading(paper), "seconds": done - imported, "import_s": imported - start}))
