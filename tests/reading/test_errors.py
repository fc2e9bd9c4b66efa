"""What cannot be read ends in a typed error that says which file, why, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from offline_digest.errors import DamagedPdf, EmptyPdf, EncryptedPdf, NotAPdf, PaperError, TooLargePdf
from offline_digest.reading import Reader, border, opening, raster, steps

from .pdfs import article, save, write


def _html(path: Path) -> Path:
    path.write_text("<!DOCTYPE html><html><body>Please log in</body></html>", encoding="utf-8")
    return path


def _text(path: Path) -> Path:
    path.write_text("../real.pdf", encoding="utf-8")
    return path


def _nothing(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def _head(path: Path) -> Path:
    """A page without text, and nothing behind it: the objects that hold the text did not come."""
    import pymupdf

    with pymupdf.open() as document:
        document.new_page()
        data = document.tobytes()
    path.write_bytes(data[: data.index(b"xref")])
    return path


def _truncated(path: Path) -> Path:
    save(article(), path)
    path.write_bytes(b"%PDF-1.7\n" + b"\x00\xff" * 40)
    return path


def _encrypted(path: Path) -> Path:
    import pymupdf

    return save(article(), path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="secret", owner_pw="other")


def _scan(path: Path) -> Path:
    import pymupdf

    document = pymupdf.open()
    pixmap = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 60, 80))
    pixmap.clear_with(120)
    document.new_page().insert_image(pymupdf.Rect(0, 0, 612, 792), pixmap=pixmap)
    return save(document, path)


def _blank(path: Path) -> Path:
    import pymupdf

    document = pymupdf.open()
    document.new_page()
    return save(document, path)


def _no_pages(path: Path) -> Path:
    path.write_bytes(
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n"
        b"trailer<</Size 3/Root 1 0 R>>\n%%EOF\n"
    )
    return path


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (_html, NotAPdf, "web page"),
        (_text, NotAPdf, "not a PDF"),
        (_nothing, EmptyPdf, "no bytes"),
        (_truncated, DamagedPdf, "cut off or damaged: its end is missing"),
        (_head, DamagedPdf, "cut off or damaged: its end is missing"),
        (_encrypted, EncryptedPdf, "password"),
        (_scan, EmptyPdf, "scan without OCR"),
        (_blank, EmptyPdf, "no text"),
        (_no_pages, EmptyPdf, "no pages"),
    ],
)
def test_unreadable_files_are_named_with_a_reason_and_a_way_out(tmp_path, make, error, words):
    """An unreadable file ends in the error of its kind; the message names the file, the hint says what to do."""
    path = make(tmp_path / "paper.pdf")
    with pytest.raises(error) as caught:
        Reader().read(path)
    assert type(caught.value) is error
    assert "paper.pdf" in caught.value.message
    assert words in caught.value.message
    assert caught.value.hint
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("passwords", [{"user_pw": "", "owner_pw": "other"}, {"user_pw": "", "owner_pw": ""}])
def test_a_paper_that_opens_without_a_password_is_read(tmp_path, passwords):
    """A password for changing the file, or an empty one, locks nobody out; hidden text is looked for all the same."""
    import pymupdf

    document = article()
    write(document[0], 600, "these words are white on a white box")
    document[0].draw_rect((70, 600, 400, 616), color=None, fill=(1, 1, 1))
    path = save(document, tmp_path / "paper.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, permissions=0, **passwords)
    paper = Reader().read(path)
    assert paper.title == "A Fast Method for Small Data"
    assert "7 words" in paper.warnings[0]


def test_a_huge_page_is_read_without_huge_pictures(tmp_path):
    """A page of 14,000 points a side costs no more pixels than the limits say."""
    document = article()
    page = document[0]
    page.draw_rect((172, 520, 372, 620), fill=(0.2, 0.4, 0.8))
    page.insert_text((172, 640), "Figure 1: The only figure of this paper.", fontsize=9, fontname="tiro")
    page.set_mediabox((0, -13_208, 14_000, 792))
    paper = Reader().read(save(document, tmp_path / "huge.pdf"), pictures=tmp_path / "pictures")
    assert paper.title == "A Fast Method for Small Data"
    assert all(max(f.width_px, f.height_px) <= 4000 for f in paper.figures)
    assert raster.MOST_PIXELS <= 4_000_000


def test_pages_larger_than_pdf_allows_are_left_out(tmp_path):
    """A page over 200 inches is named in the warnings; a paper of such pages alone is too large."""
    document = article(pages=2)
    document[1].set_mediabox((0, 0, 20_000, 792))
    paper = Reader().read(save(document, tmp_path / "p.pdf"))
    assert paper.warnings == ("Page 2 exceeds 200 inches and was left out.",)
    document = article()
    document[0].set_mediabox((0, 0, 20_000, 792))
    with pytest.raises(TooLargePdf, match="200 inches"):
        Reader().read(save(document, tmp_path / "q.pdf"))


def test_a_missing_file_is_a_paper_error(tmp_path):
    """A path that does not exist ends in a PaperError, not in an OSError."""
    with pytest.raises(PaperError, match=r"gone\.pdf"):
        Reader().read(tmp_path / "gone.pdf")


def test_a_document_longer_than_a_paper_is_refused(tmp_path, monkeypatch):
    """More pages than the limit end in TooLargePdf before any page is read."""
    monkeypatch.setattr(opening, "MAX_PAGES", 2)
    with pytest.raises(TooLargePdf, match="3 pages"):
        Reader().read(save(article(pages=3), tmp_path / "long.pdf"))


def test_a_pdf_behind_a_preamble_is_read(tmp_path):
    """The PDF mark may stand anywhere in the first 1024 bytes."""
    path = save(article(), tmp_path / "mail.pdf")
    path.write_bytes(b"X-Header: 1\n" + path.read_bytes())
    assert Reader().read(path).title == "A Fast Method for Small Data"


def test_one_bad_page_is_a_warning_not_a_lost_paper(tmp_path):
    """A page that cannot be loaded is named in the warnings; the others are read."""
    document = article(pages=3)
    tree = document.xref_get_key(document[0].xref, "Parent")[1]
    first, second, _ = (f"{page.xref} 0 R" for page in document)
    document.xref_set_key(int(tree.split()[0]), "Kids", f"[{first} {second} {tree}]")
    paper = Reader().read(save(document, tmp_path / "p.pdf"))
    assert paper.n_pages == 3
    assert paper.warnings == ("Page 3 could not be read.",)
    assert paper.sections


def _key_error():
    return {}["no such key"]


def _bad_call():
    import pymupdf

    return pymupdf.Rect("no", "rectangle", "at", "all")


def _bad_document():
    import pymupdf

    return pymupdf.open(stream=b"no PDF", filetype="pdf")[0]


def _bad_key():
    document = article()
    document.xref_set_key(document[0].xref, "Resources/Properties", "null")  # a bare Exception


def test_a_defect_of_ours_is_not_taken_for_a_broken_page():
    """What our own code raises passes the border as it is; what PyMuPDF raises becomes a fault of the file."""
    with pytest.raises(KeyError), border.pymupdf_calls():
        _key_error()
    for call in (_bad_call, _bad_document, _bad_key):
        with pytest.raises(border.PdfFault), border.pymupdf_calls():
            call()


def test_a_defect_of_ours_surfaces_from_the_reader(tmp_path, monkeypatch):
    """A defect in reading a page reaches whoever called, so that it is mended; the worker turns it into an error of the batch."""
    monkeypatch.setattr(steps, "load_sheet", lambda *args, **more: _key_error())
    with pytest.raises(KeyError):
        Reader().read(save(article(), tmp_path / "p.pdf"))
