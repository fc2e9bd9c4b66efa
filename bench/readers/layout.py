"""PyMuPDF 2's layout model on one PDF, with simple caption pairing. Prints one JSON object.

A caption that begins with `Figure N` or `Table N` gets the nearest picture or table box of its page; headings are the boxes the
model calls so, their number split off; the text between two headings is the section.
"""

import json
import re
import sys
import time

start = time.perf_counter()
import pymupdf4llm  # noqa: E402 (imports are timed apart)

LABEL = re.compile(r"\s*(fig(?:ure)?|table)\.?\s*((?:[A-Z]\.?)?\d+|[IVXL]+)\b", re.IGNORECASE)
NUMBER = re.compile(r"\s*((?:\d+|[A-Z])(?:\.\d+)*|[IVXL]+)\.?\s+(?=\S)")


def text_of(box):
    """Return the text of a box, words hyphenated over lines joined."""
    lines = [line_of(line["spans"]) for line in box.get("textlines") or []]
    return re.sub(r"(\w)-\n(\w)", r"\1\2", "\n".join(lines)).replace("\n", " ").strip()


def line_of(spans):
    """Return the text of a line, with a space where its pieces stand apart."""
    text, right = "", 0.0
    for span in spans:
        apart = text and span["bbox"][0] - right > 0.15 * span["size"]
        text += (" " if apart and not text.endswith(" ") else "") + span["text"]
        right = span["bbox"][2]
    return text.strip()


def area_of(box):
    """Return a box's corners."""
    return [box["x0"], box["y0"], box["x1"], box["y1"]]


def distance(a, b):
    """Return how far two boxes are apart."""
    dx = max(a[0] - b[2], b[0] - a[2], 0)
    dy = max(a[1] - b[3], b[1] - a[3], 0)
    return dx + dy


def floats_of(page):
    """Return the captioned figures and tables of a page."""
    graphics = {"figure": [], "table": []}
    for box in page["boxes"]:
        if box["boxclass"] in {"picture", "table"}:
            graphics["figure" if box["boxclass"] == "picture" else "table"].append(area_of(box))
    for box in page["boxes"]:
        text = text_of(box)
        label = LABEL.match(text) if box["boxclass"] in {"caption", "text"} else None
        if label is None or (box["boxclass"] == "text" and not re.match(r"[.:|]", text[label.end() :].strip())):
            continue
        kind = "figure" if label[1].lower().startswith("fig") else "table"
        here = area_of(box)
        near = min(graphics[kind], key=lambda g: distance(g, here), default=None)
        whole = [min(here[0], near[0]), min(here[1], near[1]), max(here[2], near[2]), max(here[3], near[3])] if near else here
        yield kind, {"label": f"{kind.capitalize()} {label[2]}", "page": page["page_number"], "caption": text, "box": whole}


def read(path):
    """Return the reading of one PDF."""
    document = json.loads(pymupdf4llm.to_json(path))
    sections = [{"number": None, "heading": "", "level": 1, "page": 1, "text": ""}]
    floats = {"figure": [], "table": []}
    title, abstract, references_page = "", "", None
    for page in document["pages"]:
        for box in page["boxes"]:
            text = text_of(box)
            if box["boxclass"] == "title" and not title:
                title = text
            elif box["boxclass"] == "section-header":
                number = NUMBER.match(text)
                heading = text[number.end() :] if number else text
                level = number[1].count(".") + 1 if number else 1
                sections.append(
                    {"number": number[1] if number else None, "heading": heading, "level": level, "page": page["page_number"], "text": ""}
                )
                if re.fullmatch(r"(references|bibliography)", heading.strip().lower()):
                    references_page = page["page_number"]
            elif box["boxclass"] in {"text", "list-item"}:
                sections[-1]["text"] += text + "\n"
        for kind, found in floats_of(page):
            floats[kind].append(found)
    for section in sections:
        if section["heading"].strip().lower().startswith("abstract"):
            abstract = section["text"].strip()
    return {"title": title, "abstract": abstract, "sections": sections, "figures": floats["figure"], "tables": floats["table"],
            "references_page": references_page, "n_pages": document["page_count"]}  # fmt: skip


imported = time.perf_counter()
reading = read(sys.argv[1])
done = time.perf_counter()
print()
print(json.dumps({"file": sys.argv[1], **reading, "seconds": done - imported, "import_s": imported - start}))
