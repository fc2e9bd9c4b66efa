"""The `html` format in a real browser: nothing but the file is asked for, nothing complains, nothing has to be scrolled sideways."""

import html
import json
import re
import shutil
import subprocess

import pytest

from offline_digest.posting import write_post

from . import samples
from .payloads import PAYLOADS
from .test_hostile import attack

PHONE_PX = 360
DARK = ["--blink-settings=preferredColorScheme=0"]
AXE = """<script>AXE</script><pre id="axe"></pre><script>axe.run().then((found) => {
  const faults = found.violations.map((fault) => [fault.id, fault.impact, fault.nodes[0].html]);
  document.getElementById("axe").textContent = JSON.stringify([found.passes.length, faults]);
});</script></body>"""
# The page forbids scripts, so it is looked at from outside: a frame of a phone's width in a page of ours.
FRAME = """<!DOCTYPE html><iframe id="page" style="width:{width}px;height:4000px;border:0" srcdoc="{page}"></iframe><pre id="seen"></pre>
<script>
document.getElementById("page").addEventListener("load", (event) => {{
  const page = event.target.contentDocument;
  const wide = [...page.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > {width} + 1 && e.tagName !== "BR");
  document.getElementById("seen").textContent = JSON.stringify({{
    width: page.documentElement.scrollWidth,
    wide: wide.map((e) => e.tagName).slice(0, 5),
    ran: page.defaultView.ran === true,
    scripts: page.scripts.length,
    pictures: [...page.images].map((e) => e.complete && e.naturalWidth > 0),
    formulas: [...page.querySelectorAll("math")].every((e) => e.getBoundingClientRect().height > 0),
    background: page.defaultView.getComputedStyle(page.body).backgroundColor,
  }});
}});
</script>"""


@pytest.fixture(scope="session")
def chromium():
    """Return the browser's command."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium is installed, so the page cannot be looked at")
    return path


@pytest.fixture
def look(chromium, tmp_path):
    """Return a function that opens a post in a frame and gives what was seen, what the console said, and the hosts that were asked for."""

    def open_post(post, *options, width=PHONE_PX):
        frame = tmp_path / "frame.html"
        frame.write_text(FRAME.format(width=width, page=html.escape(post.text)), encoding="utf-8")
        said, dom = browse(chromium, frame, tmp_path, *options, "--dump-dom", "--virtual-time-budget=20000")
        seen = re.search(r'<pre id="seen">(.*?)</pre>', dom, re.DOTALL)[1]
        return json.loads(html.unescape(seen)), said, asked(tmp_path / "net.json")

    return open_post


def browse(chromium, path, folder, *options):
    """Open a file; return the console's lines and what the browser printed."""
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}", "--enable-logging=stderr"]
    command += ["--disable-background-networking", "--disable-component-update", "--no-first-run", f"--log-net-log={folder / 'net.json'}"]
    done = subprocess.run([*command, *options, path.as_uri()], capture_output=True, encoding="utf-8", timeout=300, check=True)
    return [line for line in done.stderr.splitlines() if "CONSOLE" in line], done.stdout


def asked(log):
    """Return the addresses that a page asked the network for; a browser's own business with its maker is not the page's."""
    found = re.findall(r'"url":"(https?://[^"]*)"', log.read_text(encoding="utf-8", errors="replace"))
    return {url for url in found if "evil" in url or "example" in url or "arxiv" in url}


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True])
def test_a_post_is_whole_on_a_phone(dark, look, render):
    """At 360 pixels nothing is cut off or scrolled sideways; pictures and formulas are there; the colours are the reader's choice."""
    post = render(samples.orchard(), samples.chinese(), samples.bare(), format="html", updated="v1")
    seen, said, requests = look(post, *(DARK if dark else []))
    assert said == []
    assert requests == set()
    assert seen["width"] <= PHONE_PX
    assert seen["wide"] == []
    assert seen["formulas"]
    assert seen["pictures"] == [True] * 7
    assert seen["background"] == ("rgb(20, 23, 27)" if dark else "rgb(255, 255, 255)")


@pytest.mark.slow
def test_hostile_posts_do_nothing(look, render):
    """A post of every payload runs no script, asks for nothing and breaks no policy."""
    post = render(*(attack(payload) for payload in PAYLOADS), format="html")
    seen, said, requests = look(post)
    assert said == []
    assert requests == set()
    assert not seen["ran"]
    assert seen["scripts"] == 0
    assert all(seen["pictures"])
    assert seen["width"] <= PHONE_PX


@pytest.mark.slow
def test_a_script_would_be_seen(chromium, look, render, tmp_path):
    """The browser tells of what a page should not do: a script and a foreign picture are reported, not silently let through."""
    post = render(samples.bare(), format="html")
    bad = post.text.replace("<main>", '<main><script>ran = true</script><img src="http://evil.example/pixel.png">')
    path = tmp_path / "bad.html"
    path.write_text(bad, encoding="utf-8")
    said, _ = browse(chromium, path, tmp_path, "--dump-dom")
    assert len([line for line in said if "Content Security Policy" in line or "violates" in line]) == 2


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True])
def test_a_post_can_be_used_by_everyone(dark, chromium, modules, render, tmp_path):
    """axe-core finds no fault: contrast in both colours, descriptions, headings in order, names of links, languages."""
    text = render(samples.orchard(), samples.chinese(), samples.bare(), format="html", updated="v1").text
    axe = (modules / "axe-core" / "axe.min.js").read_text(encoding="utf-8").replace("</script>", "<\\/script>")
    text = re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>', "", text).replace("</body>", AXE.replace("AXE", axe))
    path = tmp_path / "axe.html"
    path.write_text(text, encoding="utf-8")
    _, dom = browse(chromium, path, tmp_path, "--dump-dom", "--virtual-time-budget=60000", *(DARK if dark else []))
    passed, faults = json.loads(html.unescape(re.search(r'<pre id="axe">(.*?)</pre>', dom, re.DOTALL)[1]))
    assert passed > 20
    assert faults == []


@pytest.mark.slow
def test_a_post_prints(chromium, render, tmp_path):
    """On paper the table of contents and the unfolded provenance are there, and the text around the abstract is no larger than it."""
    import pymupdf

    (path,) = write_post(render(samples.orchard(), samples.chinese(), format="html"), tmp_path / "out")
    browse(chromium, path, tmp_path, f"--print-to-pdf={tmp_path / 'post.pdf'}", "--no-pdf-header-footer")
    with pymupdf.open(tmp_path / "post.pdf") as document:
        text = " ".join(page.get_text() for page in document)
        blocks = [block for page in document for block in page.get_text("dict")["blocks"]]
    sizes = {span["text"].strip(): span["size"] for block in blocks for line in block.get("lines", ()) for span in line["spans"]}
    assert "All 186 sentences were read." in " ".join(text.split())
    assert "Contents" in text
    label, abstract = (next(sizes[words] for words in sizes if words.startswith(begin)) for begin in ("Authors", "Soil moisture probes"))
    assert label <= abstract
    fonts = shutil.which("fc-list")  # without a font for it a PDF holds no Chinese
    if fonts and subprocess.run([fonts, ":lang=zh"], capture_output=True, check=False).stdout:
        assert "四支探头加一个滤波器" in text
