"""Metadata out of reference managers: BibTeX, Zotero's RDF, CSL-JSON."""

import json
from datetime import date

import pytest

from offline_digest.errors import UsageError
from offline_digest.gathering import load_metadata
from offline_digest.gathering.bibtex import read_bibtex
from offline_digest.licences import open_licence

BIBTEX = r"""
A comment, with name@example.org in it.
@string{jm = "Journal of " # {Whales}}
@comment{ @article{no, title = {Never}} }
@Article{one,
  title     = {The {GAN} of {\"O}resund: {$\alpha_{1}$} \& more},
  author    = "Lovelace, Ada and {The {W}hale Group} and de la Cruz, Jr., Mar{\'\i}a and others",
  year = 2024, month = jul # "", day = 8,
  journal = jm,
  abstract = {Whales
     sing "loudly" here.},
  doi = {10.1000/A\_b},
  file = {Full Text:files/12/one\; two.pdf:application/pdf;Snapshot:files/13/page.html:text/html},
}
@misc(two, eprint = {2407.09450v2}, archivePrefix = {arXiv}, title = "On Seals",
  author = {Emmy Noether}, date = {2024-07-09}, file = {:C\:\\papers\\seals.pdf:PDF})
@article{three, title = {Third}, journal = {arXiv preprint arXiv:quant-ph/9508027}, year = {1995}, file = {third.PDF}}
@inproceedings{broken, title = {Broken {entry, author = {X Y}
@book{four, author = {A B}, url = {https://arxiv.org/abs/2401.00001}, title = {Fourth}
}
@book{five, author = {No Title}}
"""


def test_bibtex_is_read_as_reference_managers_write_it(tmp_path):
    """Strings, joined parts, nested braces, TeX letters, many kinds of names, dates and attached files; a broken entry harms no other."""
    (tmp_path / "refs.txt").write_text(BIBTEX, encoding="utf-8")
    rows = {row.title: row for row in load_metadata(tmp_path / "refs.txt")}
    one = rows["The GAN of Öresund: $\\alpha_{1}$ & more"]
    assert one.authors == ("Ada Lovelace", "The Whale Group", "María de la Cruz Jr.")
    assert (one.published, one.doi, one.abstract) == (date(2024, 7, 8), "10.1000/A_b", 'Whales sing "loudly" here.')
    assert one.file == str(tmp_path / "files/12/one; two.pdf")
    two = rows["On Seals"]
    assert (two.arxiv_id, two.version, two.published) == ("2407.09450", "v2", date(2024, 7, 9))
    assert two.file.endswith("C:/papers/seals.pdf")
    assert (rows["Third"].arxiv_id, rows["Third"].published, rows["Third"].file) == ("quant-ph/9508027", None, str(tmp_path / "third.PDF"))
    assert (rows["Fourth"].arxiv_id, rows["Fourth"].authors) == ("2401.00001", ("A B",))
    assert [title for title in rows if "Never" in title or "No Title" in title] == []
    assert len(rows) == 5


@pytest.mark.parametrize(
    "text", ["@article{", "@a{b, title", "@a{b, title =", '@a{b, title = "x', "@a(title={x}", "@a{b,,,}", "@a{title = # }"]
)
def test_bibtex_that_ends_anywhere_is_survived(tmp_path, text):
    """Whatever is cut off gives the entries that are whole enough to have a title."""
    assert len(list(read_bibtex(text, tmp_path))) == ("x" in text)


RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:z="http://www.zotero.org/namespaces/export#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:bib="http://purl.org/net/biblio#"
 xmlns:foaf="http://xmlns.com/foaf/0.1/" xmlns:link="http://purl.org/rss/1.0/modules/link/" xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/">
 <bib:Article rdf:about="#item_1">
  <z:itemType>journalArticle</z:itemType>
  <dcterms:isPartOf><bib:Journal><dc:title>Whales</dc:title><dc:identifier>DOI 10.1000/abc</dc:identifier>
   <dc:identifier>ISSN 1234-5678</dc:identifier></bib:Journal></dcterms:isPartOf>
  <bib:authors><rdf:Seq>
   <rdf:li><foaf:Person><foaf:surname>Lovelace</foaf:surname><foaf:givenName>Ada</foaf:givenName></foaf:Person></rdf:li>
   <rdf:li><foaf:Person><foaf:surname>The Group</foaf:surname></foaf:Person></rdf:li></rdf:Seq></bib:authors>
  <bib:editors><rdf:Seq><rdf:li><foaf:Person><foaf:surname>Editor</foaf:surname></foaf:Person></rdf:li></rdf:Seq></bib:editors>
  <link:link rdf:resource="#item_3"/><link:link rdf:resource="#item_2"/>
  <dc:title>On
   Whales</dc:title>
  <dcterms:abstract>They sing.</dcterms:abstract><dc:date>2024-07-08</dc:date><dc:rights>CC BY 4.0</dc:rights>
 </bib:Article>
 <z:Attachment rdf:about="#item_2"><z:itemType>attachment</z:itemType><rdf:resource rdf:resource="files/2/On Whales.pdf"/>
  <dc:title>Full Text PDF</dc:title><link:type>application/pdf</link:type></z:Attachment>
 <z:Attachment rdf:about="#item_3"><z:itemType>attachment</z:itemType><dc:title>Snapshot</dc:title></z:Attachment>
 <rdf:Description rdf:about="http://arxiv.org/abs/2407.09450">
  <z:itemType>preprint</z:itemType><dc:title>On Seals</dc:title><dc:date>July 2024</dc:date>
  <dc:identifier><dcterms:URI><rdf:value>http://arxiv.org/abs/2407.09450</rdf:value></dcterms:URI></dc:identifier>
  <dc:description>arXiv:2407.09450 [cs]</dc:description>
 </rdf:Description>
 <bib:Memo rdf:about="#item_9"><rdf:value>A note</rdf:value></bib:Memo>
 <z:Collection rdf:about="#c"><dc:title>Collection</dc:title></z:Collection>
</rdf:RDF>
"""


def test_zoteros_rdf_gives_items_and_their_files(tmp_path):
    """Editors are no authors, attachments and collections no papers; paths begin where the export lies."""
    (tmp_path / "My Library.rdf").write_text(RDF, encoding="utf-8")
    whales, seals = load_metadata(tmp_path / "My Library.rdf")
    assert (whales.title, whales.authors, whales.abstract) == ("On Whales", ("Ada Lovelace", "The Group"), "They sing.")
    assert (whales.doi, whales.published, whales.licence) == ("10.1000/abc", date(2024, 7, 8), "CC BY 4.0")
    assert whales.file == str(tmp_path / "files/2/On Whales.pdf")
    assert (seals.arxiv_id, seals.doi, seals.published, seals.file) == ("2407.09450", None, None, None)


def test_csl_json_is_read(tmp_path):
    """Particles and institutions in names, numbers as strings in dates, arXiv ids wherever they are put; files where an exporter adds them."""
    items = [
        {
            "id": "x",
            "type": "article-journal",
            "title": "On Whales",
            "author": [{"given": "Jan", "non-dropping-particle": "van", "family": "Berg"}, {"literal": "The Group"}],
            "issued": {"date-parts": [["2024", 7, "8"]]},
            "DOI": "10.1000/abc",
            "attachments": [{"path": "files/1/a.html"}, {"path": "files/1/a.pdf"}],
        },
        {
            "type": "article",
            "title": "On Seals",
            "number": "arXiv:2407.09450v2",
            "issued": {"date-parts": [[2024]]},
            "author": "odd",
            "DOI": 3,
        },
        {"type": "book"},
    ]
    path = tmp_path / "library.json"
    path.write_text(json.dumps(items), encoding="utf-8")
    whales, seals = load_metadata(path)
    assert (whales.authors, whales.published, whales.doi) == (("Jan van Berg", "The Group"), date(2024, 7, 8), "10.1000/abc")
    assert whales.file == str(tmp_path / "files/1/a.pdf")
    assert (seals.arxiv_id, seals.version, seals.authors, seals.published) == ("2407.09450", "v2", (), None)


@pytest.mark.parametrize(
    ("text", "words"), [("[{]", "no whole JSON"), ("[1]", "no list of CSL-JSON"), (RDF[:-9], "no whole feed"), ("[]", "no list")]
)
def test_an_export_that_is_broken_is_told(tmp_path, text, words):
    """One error names the file."""
    (tmp_path / "x").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=words) as caught:
        load_metadata(tmp_path / "x")
    assert str(tmp_path / "x") in caught.value.message


@pytest.mark.parametrize(
    ("licence", "name"),
    [
        ("http://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"),
        ("https://creativecommons.org/licenses/by-nc-sa/3.0/", "CC BY-NC-SA 3.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("CC BY-SA 4.0", "CC BY-SA 4.0"),
        ("http://arxiv.org/licenses/nonexclusive-distrib/1.0/", None),
        ("(c) 2024, all rights reserved", None),
        (None, None),
    ],
)
def test_a_licence_is_open_or_the_paper_is_for_private_use(licence, name):
    """What nobody knows to be open is not."""
    assert open_licence(licence) == name
