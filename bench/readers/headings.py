"""The blog's way of finding sections: for each of 24 words, the last page that holds it. Prints one JSON object.

Written anew from the description of the method: a word in title case or capitals, followed by a line break, found in the page's text.
"""

import json
import sys
import time

start = time.perf_counter()
import pymupdf  # noqa: E402, TID253 (imports are timed apart)

WORDS = ("Abstract", "Introduction", "Related Work", "Background", "Preliminary", "Problem Formulation", "Methods", "Methodology", "Method",
         "Approach", "Approaches", "Materials and Methods", "Experiment Settings", "Experiment", "Experimental Results", "Evaluation",
         "Experiments", "Results", "Findings", "Data Analysis", "Discussion", "Results and Discussion", "Conclusion", "References")  # fmt: skip
imported = time.perf_counter()
with pymupdf.open(sys.argv[1]) as document:
    texts = [page.get_text() for page in document]
    title = max(
        (span for block in document[0].get_text("dict")["blocks"] for line in block.get("lines", ()) for span in line["spans"]),
        key=lambda span: span["size"],
    )["text"]
found = {}
for number, text in enumerate(texts, start=1):
    for word in WORDS:
        if f"{word}\n" in text or f"{word.upper()}\n" in text:
            found[word] = number
ordered = sorted(found.items(), key=lambda item: (item[1], WORDS.index(item[0])))
sections = []
for (word, page), (_, end) in zip(ordered, [*ordered[1:], ("", len(texts))], strict=True):
    sections.append({"number": None, "heading": word, "level": 1, "page": page, "text": "".join(texts[page - 1 : max(page, end)])})
done = time.perf_counter()
references = found.get("References")
print(json.dumps({"file": sys.argv[1], "n_pages": len(texts), "title": title, "sections": sections, "references_page": references,
                  "seconds": done - imported, "import_s": imported - start}))  # fmt: skip
