"""pymupdf4llm.to_markdown on one PDF, for its time. Prints one JSON object."""

import json
import sys
import time

start = time.perf_counter()
import pymupdf  # noqa: E402, TID253 (imports are timed apart)
import pymupdf4llm  # noqa: E402

imported = time.perf_counter()
pymupdf4llm.to_markdown(sys.argv[1])
done = time.perf_counter()
print()
print(
    json.dumps({"file": sys.argv[1], "n_pages": len(pymupdf.open(sys.argv[1])), "seconds": done - imported, "import_s": imported - start})
)
