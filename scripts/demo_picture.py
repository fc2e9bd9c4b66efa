"""Make docs/demo-post.png, the picture in the README: the demo's post as a browser shows it.

Needs the development environment (`make test` makes it), Chromium and a Chinese font. Usage: demo_picture.py POST.md OUT.png
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt

WIDTH_PX, HEIGHT_PX = 920, 1840
PAGE = """<!doctype html><meta charset="utf-8"><title>demo</title><style>
body {{ font: 15px/1.6 "Noto Sans", "Noto Sans CJK SC", sans-serif; color: #222; max-width: 46em; margin: 2em auto; padding: 0 2em }}
h1 {{ font-size: 1.5em; border-bottom: 1px solid #ddd }} h2 {{ font-size: 1.3em }} img {{ max-width: 70%; display: block }}
blockquote {{ margin: 1em 0; padding: .1em 1em; background: #f6f6f6; border-left: 4px solid #c33; color: #444 }}
code {{ background: #eee; padding: 0 .2em }} summary {{ color: #06c }}
</style><body>{body}"""
CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-quic"]  # fmt: skip


def main() -> int:
    """Render the post and take its picture."""
    post, picture = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    root = next(p for p in post.parents if (p / "_posts").is_dir())
    text = re.sub(r"\A---\n.*?\n---\n", "", post.read_text(encoding="utf-8"), flags=re.DOTALL)
    body = MarkdownIt("commonmark", {"html": True}).render(text).replace('src="/', f'src="{root.as_uri()}/')
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "post.html"
        page.write_text(PAGE.format(body=body.replace("<details>", "<details open>")), encoding="utf-8")
        arguments = [f"--user-data-dir={folder}/profile", f"--window-size={WIDTH_PX},{HEIGHT_PX}", f"--screenshot={picture}", page.as_uri()]
        subprocess.run([*CHROMIUM, *arguments], check=True, capture_output=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
