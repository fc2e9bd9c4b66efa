"""Whether a PDF is there to its end."""

import pytest

from offline_digest.files import is_cut_pdf

LINEARIZED = b"%PDF-1.5\n1 0 obj\n<</Linearized 1/L 5000/O 3>>\nendobj\nstartxref\n0\n%%EOF\n"


@pytest.mark.parametrize(
    ("data", "cut"),
    [
        (b"%PDF-1.4\n...", True),
        (b"%PDF-1.4\n...\n%%EOF\n", False),
        (b"%PDF-1.4\n...\n%%EOF\n" + bytes(900), False),
        (b"%PDF-1.4\n...\n%%EOF\n" + bytes(2000), True),
        (LINEARIZED, True),
        (LINEARIZED + bytes(5000 - len(LINEARIZED) - 6) + b"%%EOF\n", False),
        (LINEARIZED + bytes(6000) + b"%%EOF\n", False),
        (b"<html>", False),
        (b"", False),
    ],
)
def test_a_cut_pdf_has_no_end_or_is_too_short(tmp_path, data, cut):
    """What does not begin as a PDF is none, cut or not; what cannot be read is not judged."""
    (tmp_path / "p.pdf").write_bytes(data)
    assert is_cut_pdf(tmp_path / "p.pdf") == cut
    assert not is_cut_pdf(tmp_path / "none.pdf")
