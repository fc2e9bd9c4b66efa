"""Make docs/post.png and docs/post-phone.png, the pictures in the README: the sample paper as an `html` post, with prose written by hand.

Needs the development environment (`make test` makes it), Chromium and a Chinese font. Usage: python scripts/readme_pictures.py
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from offline_digest.cli import main as offline_digest
from offline_digest.posting import Entry, render_post, write_post
from offline_digest.records import Digest
from offline_digest.sample import sample_digest, sample_paper

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-quic"]  # fmt: skip
FRAME = '<body style="margin:0"><iframe src="{post}" style="width:100vw;height:{height}px;border:0;margin-top:-{above}px"></iframe></body>'


def take(post: Path, picture: Path, folder: Path, *, width: int, height: int, above: int = 0, dark: bool = False) -> None:
    """Take a picture of *post*, without the first *above* pixels; a frame is what a window narrower than 500 pixels needs."""
    frame = folder / "frame.html"
    frame.write_text(FRAME.format(post=post.as_uri(), height=height + above, above=above), encoding="utf-8")
    options = [f"--user-data-dir={folder}/profile", f"--window-size={width},{height}", f"--screenshot={picture}"]
    colours = ["--blink-settings=preferredColorScheme=0"] if dark else []
    subprocess.run([*CHROMIUM, *options, *colours, frame.as_uri()], check=True, capture_output=True)


def main() -> int:
    """Read the sample paper for its figures, render the post and take its pictures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        offline_digest(["digest", str(sample_paper()), "-o", str(folder / "out"), "--library", str(folder / "library")])
        (pictures,) = (folder / "library").glob("papers/*/pictures-*")
        digest = Digest.model_validate_json(sample_digest().read_text(encoding="utf-8"))
        post = render_post("Irrigation", date(2026, 1, 2), [Entry(digest=digest, pictures=pictures)], format="html")
        path = write_post(post, folder)[0]
        take(path, ROOT / "docs" / "post.png", folder, width=1000, height=1320, above=395)
        take(path, ROOT / "docs" / "post-phone.png", folder, width=500, height=900, above=1690, dark=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
