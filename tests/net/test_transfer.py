"""Downloads from a real server on loopback, with every fault a server or a line can have: the right file, or a clear error and no file."""

import contextlib
import hashlib
import json
import subprocess
import sys
from dataclasses import replace

import pytest

from offline_digest.config import Network
from offline_digest.errors import CutOff, DiskFull, IntegrityError, NetworkError, Refused, Unreachable, WrongContent
from offline_digest.net import Kind, Session, Wanted, download

from .conftest import QUICK
from .server import (
    File,
    announce,
    cut,
    drip,
    ignore_range,
    in_chunks,
    packed,
    page,
    refuse,
    send_to,
    serve,
    silent,
    without_length,
    wrong_piece,
)

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
PDF = Kind(name="PDF", magic=b"%PDF-", magic_bytes=1024, ending=b"%%EOF", ending_bytes=2**16)
SLACK = 2**20
NAME = "/pdf/2407.02174v2"


@pytest.fixture
def wanted(site, tmp_path):
    return Wanted(url=site.base + NAME, target=tmp_path / "in" / "paper.pdf", kind=PDF, most_bytes=10**8)


def left(wanted):
    """Return the names of what lies where the file should come."""
    return sorted(p.name for p in wanted.target.parent.glob("*"))


def fails(session, wanted, kind, words, **more):
    """Check that a download ends with that error, which names the address and says what to do, and without a file."""
    with pytest.raises(kind, match=words) as caught:
        download(session, wanted, **more)
    assert not wanted.target.exists()
    assert caught.value.hint
    return caught.value


def test_a_file_comes_whole_with_its_hash(site, session, wanted, pdf):
    """Bytes, size and hash are the file's; nothing else is left; what is heard ends with all of it."""
    site.files[NAME] = File(pdf)
    heard = []
    came = download(session, wanted, lambda done, total: heard.append((done, total)))
    assert wanted.target.read_bytes() == pdf
    assert (came.path, came.size_bytes, came.sha256) == (wanted.target, len(pdf), hashlib.sha256(pdf).hexdigest())
    assert left(wanted) == ["paper.pdf"]
    assert heard[-1] == (len(pdf), len(pdf))
    assert [done for done, _ in heard] == sorted({done for done, _ in heard})


def test_the_request_says_who_asks_and_nothing_about_the_user(site, session, wanted, pdf, monkeypatch, tmp_path):
    """The program and its version, no packing, no password from a .netrc."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ada password secret\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    site.files[NAME] = File(pdf)
    download(session, wanted)
    headers = site.requests[0].headers
    assert headers["user-agent"].startswith("offline-digest/")
    assert headers["accept-encoding"] == "identity"
    assert set(headers) == {"host", "user-agent", "accept", "accept-encoding"}


OFFSETS = [0, 1, 4, 5, 9, 1023, 1024, 1025, 4096, 65_535, 65_536, 262_143, 262_144, 262_145, 500_001, 1_000_000, 1_500_000, 2_999_999]


@pytest.mark.parametrize("offset", [*OFFSETS, -7, -1])
def test_a_download_goes_on_where_it_was_cut(site, session, wanted, pdf, offset):
    """Wherever the line breaks, the file comes whole, and next to nothing is sent twice."""
    site.files[NAME] = File(pdf, faults=[cut(offset % len(pdf))])
    download(session, wanted)
    assert wanted.target.read_bytes() == pdf
    assert site.sent(NAME) - len(pdf) <= len(pdf) // 100 + SLACK
    assert len(site.requests) == 2


def test_many_cuts_and_many_runs_send_nothing_twice(site, session, wanted, pdf):
    """Each run gives up after its tries, the next goes on; all of them together fetch hardly more than the file."""
    offsets = range(100_000, len(pdf), 100_000)
    site.files[NAME] = File(pdf, faults=[f for offset in offsets for f in (cut(offset), *[refuse(503)] * 3)])
    runs = 0
    while not wanted.target.exists():
        runs += 1
        with contextlib.suppress(Refused):
            download(session, wanted)
    assert wanted.target.read_bytes() == pdf
    assert runs > 5
    served = sum(r.sent for r in site.requests if r.status in {200, 206})
    assert served - len(pdf) <= len(pdf) // 100 + SLACK


def test_growing_bit_by_bit_is_progress(site, session, wanted, pdf):
    """A line that breaks more often than there are tries still brings the file when every try brings something."""
    site.files[NAME] = File(pdf, faults=[cut(offset) for offset in range(200_000, len(pdf), 200_000)])
    download(session, wanted)
    assert wanted.target.read_bytes() == pdf


def test_a_run_that_is_stopped_can_go_on(site, session, wanted, pdf):
    """What stops a download in its middle, Ctrl-C too, leaves a part that the next run goes on with."""
    site.files[NAME] = File(pdf)

    def stop(done, _total):
        if done > 1_000_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(session, wanted, stop)
    assert left(wanted) == ["paper.pdf.part", "paper.pdf.part.json"]
    there = (wanted.target.parent / "paper.pdf.part").stat().st_size
    assert there > 1_000_000
    download(session, wanted)
    assert wanted.target.read_bytes() == pdf
    assert site.requests[1].headers["range"] == f"bytes={there}-"
    assert site.requests[1].headers["if-range"] == '"one"'
    assert site.requests[1].sent == len(pdf) - there


def test_without_an_etag_the_date_tells_that_the_file_is_the_same(site, session, wanted, pdf):
    """Last-Modified stands in; with neither, or with a weak ETag alone, the download begins again rather than mix two files."""
    site.files[NAME] = File(pdf, etag='W/"weak"', faults=[cut(2_000_000)])
    download(session, wanted)
    assert site.requests[1].headers["if-range"].endswith("GMT")
    assert site.sent(NAME) == len(pdf)
    wanted.target.unlink()
    site.files[NAME] = File(pdf, etag='W/"weak"', last_modified=None, faults=[cut(2_000_000)])
    download(session, wanted)
    assert "range" not in site.requests[3].headers
    assert wanted.target.read_bytes() == pdf


def test_a_file_that_changed_meanwhile_comes_whole_from_the_new_one(site, session, wanted, pdf):
    """Another ETag: nothing of the old file is in the new one."""
    other = pdf[:9] + pdf[:8:-1][7:] + b"\n%%EOF\n"

    def change(handler, file):
        serve(handler, file, upto=1_000_000)
        site.files[NAME] = File(other, etag='"two"')

    site.files[NAME] = File(pdf, faults=[change])
    download(session, wanted)
    assert wanted.target.read_bytes() == other


def test_a_server_without_if_range_cannot_mix_two_files(site, session, wanted, pdf):
    """A piece with another ETag than the beginning is not taken."""
    other = pdf[:9] + pdf[:8:-1][7:] + b"\n%%EOF\n"

    def careless(handler, file):
        handler.request_seen.headers.pop("if-range")
        serve(handler, file)

    def change(handler, file):
        serve(handler, file, upto=1_000_000)
        site.files[NAME] = File(other, etag='"two"', faults=[careless])

    site.files[NAME] = File(pdf, faults=[change])
    download(session, wanted)
    assert wanted.target.read_bytes() == other


def test_a_wrong_piece_is_not_taken(site, session, wanted, pdf):
    """A piece that begins elsewhere than asked is thrown away, and the file comes from its beginning."""
    site.files[NAME] = File(pdf, faults=[cut(1_000_000), wrong_piece])
    download(session, wanted)
    assert wanted.target.read_bytes() == pdf


def test_a_server_that_ignores_ranges_still_gives_the_file(site, session, wanted, pdf):
    """The whole body replaces the part."""
    site.files[NAME] = File(pdf, faults=[cut(1_000_000), ignore_range])
    download(session, wanted)
    assert wanted.target.read_bytes() == pdf


def test_a_server_that_ignores_ranges_and_breaks_off_is_given_up(site, session, wanted, pdf):
    """Getting the same beginning again and again is no progress."""
    site.files[NAME] = File(pdf, faults=[lambda h, f: ignore_range(h, f, upto=1_000_000)] * 50)
    fails(session, wanted, CutOff, "broke off|ended after")
    assert len(site.requests) == 4


def test_a_part_that_is_whole_needs_no_byte(site, session, wanted, pdf):
    """A run that was killed before the renaming: the server says that there is no more, and the part is checked and named."""
    site.files[NAME] = File(pdf)
    wanted.target.parent.mkdir()
    part = wanted.target.with_name("paper.pdf.part")
    part.write_bytes(pdf)
    part.with_name("paper.pdf.part.json").write_text(
        json.dumps({"url": wanted.url, "etag": '"one"', "size_bytes": len(pdf)}), encoding="utf-8"
    )
    assert download(session, wanted).sha256 == hashlib.sha256(pdf).hexdigest()
    assert [r.status for r in site.requests] == [416]
    assert left(wanted) == ["paper.pdf"]


@pytest.mark.parametrize("note", ["", "{", "[]", '{"url": "http://elsewhere/x", "etag": "\\"one\\""}', '{"url": 3}'])
def test_a_part_of_unknown_origin_is_not_used(site, session, wanted, pdf, note):
    """Bytes of which nobody knows whose they are begin nothing."""
    site.files[NAME] = File(pdf)
    wanted.target.parent.mkdir()
    wanted.target.with_name("paper.pdf.part").write_bytes(b"%PDF-" + bytes(100_000))
    wanted.target.with_name("paper.pdf.part.json").write_text(note, encoding="utf-8")
    download(session, wanted)
    assert wanted.target.read_bytes() == pdf


def test_a_part_longer_than_the_file_begins_again(site, session, wanted, pdf):
    """416 with another length than the part's throws the part away."""
    site.files[NAME] = File(pdf)
    wanted.target.parent.mkdir()
    wanted.target.with_name("paper.pdf.part").write_bytes(pdf + b"more")
    wanted.target.with_name("paper.pdf.part.json").write_text(json.dumps({"url": wanted.url, "etag": '"one"'}), encoding="utf-8")
    download(session, wanted)
    assert wanted.target.read_bytes() == pdf
    assert [r.status for r in site.requests] == [416, 200]


# --- what is not the file ------------------------------------------------------------------------------------------------


def test_a_web_page_never_becomes_a_paper(site, session, wanted, pdf):
    """HTML with status 200 is an error that says so; it is asked for once, and costs nothing that was there."""
    site.files[NAME] = File(pdf, faults=[page])
    error = fails(session, wanted, WrongContent, "gives text/html where a PDF should be")
    assert error.url == wanted.url
    assert len(site.requests) == 1
    assert left(wanted) == []
    site.files[NAME].faults = [cut(2_000_000), page]
    fails(session, wanted, WrongContent, "text/html")
    download(session, wanted)
    assert wanted.target.read_bytes() == pdf
    assert site.requests[-1].sent == len(pdf) - 2_000_000


@pytest.mark.parametrize(
    ("status", "requests", "words"),
    [(404, 1, "404 Not Found"), (403, 1, "403"), (401, 1, "401"), (410, 1, "410"), (500, 4, "500"), (429, 4, "429"), (503, 4, "503")],
)
def test_an_error_of_the_server_is_told_and_leaves_nothing(site, session, wanted, pdf, status, requests, words):
    """What passes is tried again, what does not is told at once; neither leaves a file."""
    site.files[NAME] = File(pdf, faults=[refuse(status)] * 9)
    error = fails(session, wanted, Refused, words)
    assert (error.status, len(site.requests), left(wanted)) == (status, requests, [])


def test_a_server_that_recovers_gives_the_file(site, session, wanted, pdf):
    """429 and 503 are waited out."""
    site.files[NAME] = File(pdf, faults=[refuse(429), refuse(503), refuse(500)])
    download(session, wanted)
    assert wanted.target.read_bytes() == pdf


def test_a_wrong_length_is_noticed(site, session, wanted, pdf):
    """A body shorter than announced ends too early; one longer than announced has no end of a PDF, or is none; nothing is kept."""
    site.files[NAME] = File(pdf, faults=[announce(len(pdf) + 100)] * 9, ranges=False)
    fails(session, wanted, CutOff, "broke off|ended after")
    site.files[NAME].faults = [announce(len(pdf) - 100_000)]
    fails(session, wanted, WrongContent, "without its end")
    assert left(wanted) == []
    download(session, wanted)
    assert wanted.target.read_bytes() == pdf


def test_another_length_than_announced_elsewhere_is_refused(site, session, wanted, pdf):
    """A caller that knows the size gets a file of that size."""
    site.files[NAME] = File(pdf)
    fails(session, replace(wanted, size_bytes=len(pdf) - 1), WrongContent, "were announced")
    assert download(session, replace(wanted, size_bytes=len(pdf))).size_bytes == len(pdf)


def test_a_false_name_is_called_one(site, session, wanted):
    """A body that is announced as a PDF and is none."""
    site.files[NAME] = File(b"no PDF at all " * 400)
    fails(session, wanted, WrongContent, "gives something else under the name of application/pdf where a PDF should be")


def test_an_empty_answer_is_no_file(site, session, wanted):
    """No bytes are not a PDF of no pages."""
    site.files[NAME] = File(b"")
    fails(session, wanted, WrongContent, "gives nothing where a PDF should be")


def test_a_body_without_length_must_tell_its_end(site, session, wanted, pdf):
    """Chunks do, and a broken one is noticed; a connection that just ends does not, unless the hash is known."""
    site.files[NAME] = File(pdf, faults=[in_chunks(upto=1_000_000), in_chunks()], ranges=False)
    download(session, wanted)
    assert wanted.target.read_bytes() == pdf
    wanted.target.unlink()
    site.files[NAME].faults = [without_length(upto=1_000_000)]
    fails(session, wanted, WrongContent, "does not say how long")
    site.files[NAME].faults = [without_length()]
    download(session, replace(wanted, sha256=hashlib.sha256(pdf).hexdigest()))
    assert wanted.target.read_bytes() == pdf


def test_a_packed_body_is_refused(site, session, wanted, pdf):
    """The ranges of a packed body are not those of the file."""
    site.files[NAME] = File(pdf, faults=[packed])
    fails(session, wanted, WrongContent, "gzip")


def test_another_hash_is_no_file(site, session, wanted, pdf):
    """The error has code 12, nothing is kept, and the right hash is accepted in any case."""
    site.files[NAME] = File(pdf)
    error = fails(session, replace(wanted, sha256="0" * 64), IntegrityError, "is not the file that was asked for")
    assert error.exit_code == 12
    assert left(wanted) == []
    download(session, replace(wanted, sha256=hashlib.sha256(pdf).hexdigest().upper()))


def test_a_file_that_is_too_large_is_refused_by_what_is_announced_or_by_what_comes(site, session, wanted, pdf):
    """No server fills the disk."""
    site.files[NAME] = File(pdf, faults=[serve, in_chunks()])
    small = replace(wanted, most_bytes=1_000_000)
    fails(session, small, WrongContent, "larger than 1,000,000 bytes")
    assert left(wanted) == []
    fails(session, small, WrongContent, "larger than 1,000,000 bytes")


# --- slow, silent, gone, full --------------------------------------------------------------------------------------------


def test_a_line_that_drips_is_given_up(site, wanted, pdf):
    """Less than the wanted bytes in the wanted time: the connection is ended and made anew, and another one brings the file."""
    patience = replace(QUICK, stall_s=0.3, stall_bytes=1000, tries=2)
    with Session(Network(), patience=patience) as session:
        site.files[NAME] = File(pdf, faults=[drip(2000, 0.02)] * 2)
        fails(session, wanted, CutOff, "bytes in")
        site.files[NAME].faults = [drip(2000, 0.02)]
        download(session, wanted)
        assert wanted.target.read_bytes() == pdf


def test_a_server_that_falls_silent_is_given_up(site, wanted, pdf):
    """No byte for too long ends the wait."""
    with Session(Network(), patience=replace(QUICK, read_s=0.2, tries=2)) as session:
        site.files[NAME] = File(pdf, faults=[silent(3), silent(3)])
        fails(session, wanted, CutOff, "broke off")
    assert len(site.requests) == 2


def test_nobody_at_the_other_end_is_told(site, session, wanted):
    """A port without a server, and a name that does not exist."""
    gone = replace(wanted, url="http://127.0.0.1:9/x.pdf")
    error = fails(session, gone, Unreachable, "http://127.0.0.1:9/x.pdf cannot be reached")
    assert error.exit_code == 16


def test_redirects_are_followed_but_not_for_ever(site, session, wanted, pdf):
    """One step leads to the file; a ring ends with an error."""
    site.files[NAME] = File(pdf, faults=[send_to("/there")])
    site.files["/there"] = File(pdf)
    download(session, wanted)
    assert wanted.target.read_bytes() == pdf
    wanted.target.unlink()
    site.files[NAME].faults = [send_to("/there")] * 9
    site.files["/there"].faults = [send_to(NAME, 307)] * 9
    fails(session, wanted, Refused, "without end")


def test_a_disk_without_space_is_told_before_the_first_byte(site, session, wanted, pdf, monkeypatch):
    """The message names what is wanted and what is free; no part is begun."""
    site.files[NAME] = File(pdf)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 2**20})())
    error = fails(session, wanted, DiskFull, f"{len(pdf):,} bytes are wanted")
    assert error.exit_code == 15
    assert left(wanted) == []


@pytest.mark.skipif(sys.platform != "linux", reason="a small disk is made with a Linux tmpfs")
def test_a_disk_that_fills_up_meanwhile_is_told_and_harms_nothing(site, session, pdf, wanted, tmp_path, monkeypatch):
    """The error has code 15, and with room again the same call brings the file."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)], capture_output=True).returncode:
        pytest.skip("mounting a tmpfs needs root")
    monkeypatch.setattr("offline_digest.files.SPARE_BYTES", 0)  # a megabyte in all
    try:
        site.files[NAME] = File(pdf, faults=[in_chunks()])
        there = replace(wanted, target=disk / "paper.pdf")
        assert fails(session, there, DiskFull, "No space left").exit_code == 15
        subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        download(session, there)
        assert there.target.read_bytes() == pdf
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_every_error_names_the_address_without_its_secrets(site, session, wanted):
    """Password and query of an address may be secret; they stand in no message."""
    address = wanted.url.replace("http://", "http://ada:secret@") + "?token=secret"
    error = fails(session, replace(wanted, url=address), NetworkError, "404")
    assert "secret" not in str(error)


def test_a_part_belongs_to_its_hash_not_to_its_address(site, session, wanted, pdf):
    """Where the hash is known, another address of the same file goes on; with another hash the same address begins anew."""
    site.files[NAME] = File(pdf, faults=[cut(1_000_000), refuse(404)])
    known = replace(wanted, sha256=hashlib.sha256(pdf).hexdigest())
    fails(session, known, Refused, "404")
    site.files["/mirror"] = File(pdf)
    download(session, replace(known, url=site.base + "/mirror"))
    assert wanted.target.read_bytes() == pdf
    assert site.sent("/mirror") == len(pdf) - 1_000_000
    wanted.target.unlink()
    other = pdf[:-9] + b"X\n%%EOF\n\n"
    site.files[NAME] = File(pdf, faults=[cut(1_000_000), refuse(404)])
    fails(session, known, Refused, "404")
    site.files[NAME] = File(other)
    download(session, replace(wanted, sha256=hashlib.sha256(other).hexdigest()))
    assert wanted.target.read_bytes() == other
    assert "range" not in site.requests[-1].headers
