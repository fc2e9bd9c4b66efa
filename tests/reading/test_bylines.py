"""Authors, affiliations and keywords."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_digest.reading.abstract import find_abstract, find_keywords, split_keywords
from offline_digest.reading.addresses import closing_affiliations, footnote_affiliations
from offline_digest.reading.bylines import Bylines, read_bylines
from offline_digest.reading.headings import Heading
from offline_digest.reading.order import Placed
from offline_digest.reading.pages import make_line
from offline_digest.reading.persons import is_name, split_names
from offline_digest.reading.spelling import Words
from offline_digest.reading.values import Column

from .lines import line, span

NAMES = st.sampled_from(
    [
        "Ann Bee",
        "Carl-Otto Müller",
        "Łukasz Kaiser",
        "J. B. de la Vega",
        "Wen-tau Yih",
        "Xin Li",
        "Björn O'Neil",
        "Clara d'Angelo",
        "欧阳志远",
        "Pol Ferrer i Vila",
        "Ruben van 't Hof",
        "F. Ó hEachteirn",
        "Lihua Sun (孙丽华)",
    ]
)


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("Ann Bee, Carl Dee, and Eve Fox", ("Ann Bee", "Carl Dee", "Eve Fox")),
        ("Ann Bee and Carl Dee", ("Ann Bee", "Carl Dee")),
        ("ANN BEE AND CARL DEE", ("ANN BEE", "CARL DEE")),
        ("Ann Bee∗, Carl Dee†‡", ("Ann Bee", "Carl Dee")),
        ("Ann Bee, Student Member, IEEE, and Carl Dee, Fellow, IEEE", ("Ann Bee", "Carl Dee")),
        ("Ann Bee · Carl Dee", ("Ann Bee", "Carl Dee")),
        ("Sandy Anderson", ("Sandy Anderson",)),
        ("Ann Bee, Life Fellow, IEEE, and Carl Dee, Fellow, OSA", ("Ann Bee", "Carl Dee")),
        ("By Ann Bee and Carl Dee", ("Ann Bee", "Carl Dee")),
        ("王晓明，李静，孙 立", ("王晓明", "李静", "孙立")),
        ("Lihua Sun (孙丽华), Zi-Han Ouyang（欧阳子涵）", ("Lihua Sun (孙丽华)", "Zi-Han Ouyang（欧阳子涵）")),
        ("(Ann Bee, Carl Dee)", ("Ann Bee", "Carl Dee")),
        ("Ann Bee (ann@bee.org), Carl Dee <c@dee.org>", ("Ann Bee", "Carl Dee")),
        ("Maintainer: Ann Bee", ("Ann Bee",)),
        ("Ann Bee, editor", ("Ann Bee",)),
        ("Ann “Moss” Bee", ("Ann “Moss” Bee",)),
    ],
)
def test_lists_of_names_are_split(printed, names):
    """Commas, `and`, dots and marks separate names; degrees and memberships go."""
    assert split_names(printed) == names


@given(st.lists(NAMES, min_size=1, max_size=6, unique=True))
def test_any_list_of_names_comes_back(names):
    """However many names are listed, each comes back once, in order."""
    printed = ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
    assert split_names(printed) == tuple(names)
    assert all(is_name(n) for n in names)


@pytest.mark.parametrize(
    "text",
    [
        "Google Brain",
        "University of Bonn",
        "Microsoft Research",
        "June 24, 2022",
        "a fast method",
        "Bonn",
        "R2D2 Unit",
        "北原大学",
        "Canal Commission",
        "A PREPRINT",
        "A History",
        "Dear Carl",
        "Senior Scientist",
        "An Early Overview",
    ],
)
def test_institutions_and_dates_are_no_names(text):
    """Only what can be a person counts as one."""
    assert not is_name(text)


def test_raised_marks_separate_names_and_begin_affiliations():
    """Names with numbers, then numbered institutions: the usual form of a long title block."""
    names = make_line(
        [
            span("Ann Bee", 72, 100, bold=True),
            span("1", 108, 98, size=6, raised=True),
            span(" Carl Dee", 112, 100, bold=True),
            span("2,3", 160, 98, size=6, raised=True),
        ],
        page=1,
        block=0,
    )
    places = make_line(
        [
            span("1", 72, 118, size=6, raised=True),
            span("University of California, Davis", 76, 120),
            span(" 2", 240, 118, size=6, raised=True),
            span("Zendesk", 246, 120),
        ],
        page=1,
        block=1,
    )
    found = read_bylines([names, places, line("ann@bee.org", y=140.0, block=2)])
    assert found.authors == ("Ann Bee", "Carl Dee")
    assert found.affiliations == ("University of California, Davis", "Zendesk")


def test_a_grid_of_authors_is_read_row_by_row():
    """In a grid each name is followed by its institution below; an institution that repeats comes once."""
    pieces = []
    for i, (x, y, name) in enumerate([(72, 100, "Ann Bee"), (300, 100, "Carl Dee"), (72, 160, "Eve Fox")]):
        pieces += [
            line(name, x, y, block=i, bold=True),
            line("Google Brain", x, y + 12, block=i),
            line("x@google.com", x, y + 24, block=i, font="Mono"),
        ]
    found = read_bylines(pieces)
    assert found.authors == ("Ann Bee", "Carl Dee", "Eve Fox")
    assert found.affiliations == ("Google Brain",)


@pytest.mark.parametrize(
    ("above", "below", "authors"),
    [
        ("Ann Bee, Juan de la", "Torre and Carl Dee", ("Ann Bee", "Juan de la Torre", "Carl Dee")),
        ("Ann Bee, Carl Dee, and J.", "Kuhn", ("Ann Bee", "Carl Dee", "J. Kuhn")),
        ("Ann Bee, Member, IEEE, and Li", "Wei, Fellow, IEEE", ("Ann Bee", "Li Wei")),
        ("Carl Dee, Ann", "Li, and Eve Fox", ("Carl Dee", "Ann Li", "Eve Fox")),
        ("Ann Bee, Hiroshi", "van der Berg", ("Ann Bee", "Hiroshi van der Berg")),
        ("Ann Bee, M. C. de", "Andrade Neto, Carl Dee", ("Ann Bee", "M. C. de Andrade Neto", "Carl Dee")),
        ("Ann Bee, Zi-Han Ouyang (欧阳", "子涵), Carl Dee", ("Ann Bee", "Zi-Han Ouyang (欧阳子涵)", "Carl Dee")),
    ],
)
def test_a_name_breaks_off_after_a_particle_or_an_initial(above, below, authors):
    """What begins on one line and ends on the next is one name."""
    assert read_bylines([line(above, 100, 100), line(below, 100, 112)]).authors == authors


@pytest.mark.parametrize(
    ("rows", "authors"),
    [
        ((("The Beacon Collaboration", 12.0), ("A. Bee, C. Dee", 10.9)), ("The Beacon Collaboration", "A. Bee", "C. Dee")),
        ((("Ann Bee, Carl Dee, with the Soil Consortium", 10.0),), ("Ann Bee", "Carl Dee", "the Soil Consortium")),
    ],
)
def test_a_team_is_named_among_the_authors(rows, authors):
    """A team counts as an author; how its name is set says nothing about the names of persons."""
    made = [line(text, 100, 100 + 20 * i, block=i, size=size) for i, (text, size) in enumerate(rows)]
    assert read_bylines(made).authors == authors


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        (("1 University of Fern", "2 Institute of Moss"), ("University of Fern", "Institute of Moss")),
        (("University of Fern,", "400 Ulm"), ("University of Fern, 400 Ulm",)),
    ],
)
def test_figures_that_count_begin_affiliations(rows, places):
    """What counts 1, 2, 3 are marks although they are not raised; a postal code is a part of its address."""
    made = [line("Ann Bee, Carl Dee", 100, 100), *(line(t, 100, 118 + 12 * i, block=1) for i, t in enumerate(rows))]
    assert read_bylines(made).affiliations == places


def test_what_stands_in_a_row_of_institutions_below_a_name_is_one():
    """`Kiln Systems` could be a person; below a name and beside a university it is none. A name below a name is one."""
    grid = [
        line("Ann Bee", 72, 100), line("Carl Dee", 300, 100, block=1),
        line("Fern University", 72, 112), line("Kiln Systems", 300, 112, block=1),
    ]  # fmt: skip
    assert read_bylines(grid) == Bylines(("Ann Bee", "Carl Dee"), ("Fern University", "Kiln Systems"))
    assert read_bylines([line("Ann Bee", 72, 100), line("Carl Dee", 72, 112)]).authors == ("Ann Bee", "Carl Dee")


def test_a_sign_behind_a_name_is_no_part_of_it():
    """Fonts have envelopes, boxes and other signs for the author to whom mail goes."""
    mark = make_line([span("Ann Bee", 72, 100, bold=True), span(" \u22a0", 110, 100, size=9.0)], page=1, block=0)
    assert read_bylines([mark, line("Fern University", 72, 112)]).authors == ("Ann Bee",)


@pytest.mark.parametrize(
    "after", ["2012 ACM Subject Classification Theory of lamps", "MSC2020 subject classifications: 62G20", "PVLDX Reference Format:"]
)
def test_an_abstract_ends_where_classes_and_formats_begin(after):
    """What tells in which class of a scheme a paper is, or how to cite it, is no part of its abstract."""
    texts = ["Abstract", "We burn lamps in kilns.", "They do not burn for long.", after]
    placed = [Placed(line(t, 72, 100 + 12 * i), Column(left=72.0, right=300.0), 0) for i, t in enumerate(texts)]
    found = find_abstract(placed, (), Words())
    assert found is not None
    assert found.text.endswith("They do not burn for long.")


def test_an_abstract_ends_where_the_same_begins_in_another_language():
    """The first is the abstract, and the other no part of the text; `Summary` may be a word of it."""
    texts = ["Abstract", "We burn lamps in kilns.", "They burn.", "Résumé", "Les lampes brûlent.", "1 Introduction", "Lamps are old."]
    placed = [Placed(line(t, 72, 100 + 12 * i), Column(left=72.0, right=300.0), 0) for i, t in enumerate(texts)]
    heading = Heading(5, 5, "1", "Introduction", 1, 1)
    found = find_abstract(placed, (heading,), Words())
    assert found is not None
    assert (found.text, found.first, found.last) == ("We burn lamps in kilns.\n\nThey burn.", 0, 4)


@pytest.mark.parametrize("brackets", ["【{}】", "［{}］", "[{}]"])
def test_the_words_of_chinese_journals_stand_in_brackets(brackets):
    """What follows on their lines is the abstract, and the keywords."""
    texts = [brackets.format("摘 要") + "窑炉每天早晨称量。", brackets.format("关键词") + "窑炉；灯具"]
    placed = [Placed(line(t, 72, 100 + 12 * i), Column(left=72.0, right=300.0), 0) for i, t in enumerate(texts)]
    found = find_abstract(placed, (), Words())
    assert found is not None
    assert found.text == "窑炉每天早晨称量。"
    assert find_keywords(placed, set(), Words()) == ("窑炉", "灯具")


def test_a_chinese_title_page_names_its_author_behind_a_word():
    """Neither who advised nor the date is one, nor an institution."""
    rows = ("作 者：孙丽", "指导教师：周强 教授", "北岭大学", "二〇二三年五月", "2023 年 5 月")
    found = read_bylines([line(text, 72, 100 + 14 * n) for n, text in enumerate(rows)])
    assert found.authors == ("孙丽",)
    assert not any("年" in place for place in found.affiliations)


@pytest.mark.parametrize("kind", ["Policy Report, June 2023", "Working Paper 417", "CEES Working Paper 12", "Technical Report 2023-17"])
def test_what_a_paper_is_published_as_is_no_institution(kind):
    """Series print it below the names."""
    rows = [line("Ann Bee", 72, 100, bold=True), line("Fern University", 72, 114), line(kind, 72, 150)]
    assert read_bylines(rows).affiliations == ("Fern University",)


@pytest.mark.parametrize(
    ("printed", "below", "is_whole", "authors"),
    [
        ("Meadowseed", "kilns of the north", True, ("Meadowseed",)),
        ("Meadowseed", "kilns of the north", False, ()),
        ("Meadowseed", "August 5, 2025", False, ("Meadowseed",)),
        ("The Meadow Team", "kilns of the north", False, ("The Meadow Team",)),
        ("Meadow Research", "kilns of the north", False, ("Meadow Research",)),
        ("Please do not read on.", "May 2025", True, ()),
        ("Funding", "Grants from 2019 on", False, ()),
    ],
)
def test_a_team_signs_where_no_person_does(printed, below, is_whole, authors):
    """Below a title that no abstract follows, only what is named as teams are, and what stands alone with a date."""
    assert read_bylines([line(printed, 72, 100, bold=True), line(below, 72, 120)], is_whole=is_whole).authors == authors


def test_the_name_of_latex_is_one_word():
    """Its small raised A is no mark of a footnote."""
    spans = [span("The L", 72, 100), span("A", 97, 98, size=7.0, raised=True), span("TEX Project Team", 101, 100)]
    assert read_bylines([make_line(spans, page=1, block=0)]).authors == ("The LATEX Project Team",)


def test_a_paper_under_review_names_nobody():
    """Neither who is anonymous nor what is done to the paper is an author."""
    rows = [line("Anonymous authors", 72, 100, bold=True), line("Paper under double-blind review", 72, 114)]
    assert read_bylines(rows) == Bylines((), ())


def test_chinese_institutions_are_counted_on_one_line():
    """With the full stop of Chinese type."""
    found = read_bylines(
        [line("张伟，李晓明", 72, 100, size=12.0), line("（1．北岭大学，北岭 710000；2．南湖研究所，南湖 314000）", 72, 120)]
    )
    assert found.affiliations == ("北岭大学，北岭 710000", "南湖研究所，南湖 314000")


def test_a_remark_with_a_mark_of_its_own_is_no_part_of_an_institution():
    """A sentence behind the last institution tells whom to write to."""
    found = read_bylines([line("Ann Bee", 72, 100, bold=True), line("Fern University, Ulm. *Corre-", 72, 114)])
    assert found.affiliations == ("Fern University, Ulm",)


def test_names_and_institutions_stand_on_one_line_each():
    """`Name, institution` in one line gives both; a list of names does not."""
    found = read_bylines([line("Ann Bee, University of Dee, Norway", 72, 100), line("Carl Fox, Kiln Institute", 72, 112)])
    assert found.authors == ("Ann Bee", "Carl Fox")
    assert found.affiliations == ("University of Dee, Norway", "Kiln Institute")


def test_a_name_broken_over_two_lines_is_one_name():
    """A list of names may break inside a name."""
    found = read_bylines([line("Ann Bee, Benjamin Charles", y=100.0), line("Lee, Carl Dee", y=112.0)])
    assert found.authors == ("Ann Bee", "Benjamin Charles Lee", "Carl Dee")


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        (["†AT&T Research, Room 2D, 600 Mountain Ave., email: a@b.org"], ("AT&T Research, Room 2D, 600 Mountain Ave",)),
        (["A. Bee is with the Institute of Optics, Paris, France (e-mail: a@b.org)."], ("Institute of Optics, Paris, France",)),
        (["∗We thank the University of Bonn for supporting our work."], ()),
        (["∗Equal contribution."], ()),
    ],
)
def test_institutions_in_footnotes_are_found_and_remarks_are_not(rows, places):
    """A footnote of page 1 counts when it is an address."""
    made = [line(row, y=700.0 + 9 * i, size=8.0) for i, row in enumerate(rows)]
    assert footnote_affiliations(made) == places


@pytest.mark.parametrize(
    ("printed", "keywords"),
    [
        ("speech, vision, robots.", ("speech", "vision", "robots")),
        ("speech; vision, early; robots", ("speech", "vision, early", "robots")),
        ("speech · vision", ("speech", "vision")),
        ("speech", ("speech",)),
        ("", ()),
    ],
)
def test_keywords_are_cut_at_the_separator_that_is_used(printed, keywords):
    """Semicolons and dots go before commas, which may stand inside a keyword."""
    assert split_keywords(printed) == keywords


@pytest.mark.parametrize(
    "note",
    [
        "*Corresponding author(s). E-mail(s): ann@bee.org;",
        "∗ Correspondence: ann@bee.org",
        "Contributing authors: carl@dee.org",
        "This manuscript was compiled on May 2, 2020",
        "A thesis submitted for the degree of Doctor of Philosophy",
    ],
)
def test_a_remark_below_the_names_is_no_affiliation(note):
    """What journals print between names and abstract about the paper or its mail belongs to nobody's address."""
    found = read_bylines([line("Ann Bee, Carl Dee", 100, 100), line("University of Fern", 100, 112), line(note, 100, 140, block=1)])
    assert found == type(found)(("Ann Bee", "Carl Dee"), ("University of Fern",))


@pytest.mark.parametrize(
    "said",
    [
        "These authors contributed equally", "Joint first author", "Equal senior authorship", "Project lead", "Core contributors", "Lead contact",
        "Work done as an intern", "Part of this work was carried out at Moss Corp", "Work done during an internship at Moss Research",
        "Full author list in Contributions", "Author order was decided by a coin flip", "Others alphabetically", "Supported by Moss Grant 12",
        "Presented by Ann Bee", "Warning: this text has examples that may offend", "[Latest version available here]", "14 pages, 5 figures",
        "MSC 2020: 60G52", "Reviewed on OpenReview: forum", "Last updated: 4 May 2025", "Mai 2023", "Preprint number: UF-2025-14", "PhD Candidate",
        "Associate Professor of Physics", "Now at Moss Corp", "21st August 2022", "6th of June 2011", "2021-09-20 v1.9a", "Released 2019/12/03", "v1.0e",
        "Version v0.5", "2004 April 06", "March, 2019", "Printed November 12, 2004", "Documentation revised December 11, 2012", "c⃝2013 Ann Fern",
        "Package v1.1 – 10th July 2021", "Contents", "1 Introduction", "第 1 节", "Dear Madam Chair", "Interactive gallery and videos at moss.example.org",
    ],
)  # fmt: skip
def test_what_is_said_of_authors_and_paper_is_no_affiliation(said):
    """With a sign before it and without."""
    for mark in ("", "∗"):
        spans = [span(mark, 72, 122, size=7.0, raised=True)] if mark else []
        note = make_line([*spans, span(said, 80, 126)], page=1, block=2)
        rows = [line("Ann Bee, Carl Dee", 100, 80, bold=True), line("Port of Brel", 100, 100, block=1), note]
        assert read_bylines(rows) == Bylines(("Ann Bee", "Carl Dee"), ("Port of Brel",))


@pytest.mark.parametrize(
    "place",
    [
        "Joint Institute for Slow Physics, Ulm", "Project Management Institute", "Data Science Centre", "Code for Aland", "Independent Researcher",
        "Work Research Institute, 0130 Oslo", "Observatoire de la Côte d'Azur", "Laboratoire de physique théorique", "Unaffiliated", "eBay",
        "Equal Rights Centre", "Contact Lens Laboratory", "International Intern Exchange", "May 4 Street 12, Berlin", "Student Research Network",
    ],
)  # fmt: skip
def test_institutions_worded_like_remarks_are_kept(place):
    """They begin with words that remarks begin with, or with small letters, or are words of another language."""
    found = read_bylines([line("Ann Bee", 100, 80, bold=True), line(place, 100, 100, block=1)])
    assert found == Bylines(("Ann Bee",), (place,))


def test_a_remark_runs_on_in_the_line_below():
    """Its rest is no institution either, and what begins with a capital is none of its rest."""
    rows = ("These authors contributed equally", "to the whole of it", "Port of Brel")
    made = [line("Ann Bee", 72, 80, bold=True)] + [line(row, 72, 100 + 11 * n, block=1) for n, row in enumerate(rows)]
    assert read_bylines(made).affiliations == ("Port of Brel",)


def test_companies_in_a_row_below_names_are_no_persons():
    """`Mossy Face` beside `Stripe`, each below a name."""
    rows = [("Ann Bee", 72, 100), ("Carl Dee", 200, 100), ("Stripe", 72, 112), ("Mossy Face", 200, 112)]
    assert read_bylines([line(*row) for row in rows]) == Bylines(("Ann Bee", "Carl Dee"), ("Stripe", "Mossy Face"))


@pytest.mark.parametrize("label", ["Data", "Project Page", "Leaderboard"])
def test_what_a_link_leads_to_is_no_affiliation(label):
    """Reports print their links below the names."""
    rows = [
        line("Ann Bee", 72, 100, bold=True),
        line("Port of Brel", 72, 114),
        line(f"{label}: https://moss.example.org/a", 72, 140, block=1),
    ]
    assert read_bylines(rows).affiliations == ("Port of Brel",)


def test_the_last_address_of_a_paper_may_have_no_mail():
    """Addresses close a paper; the mail of an author is optional."""
    made = [
        line(t, 72, 600 + 12 * i) for i, t in enumerate(("University of Fern, Bonn", "E-mail address: a@b.org", "Institute of Moss, Ulm"))
    ]
    assert closing_affiliations(made) == ("University of Fern, Bonn", "Institute of Moss, Ulm")


@pytest.mark.parametrize(
    ("rows", "keywords"),
    [(("Keywords:", "moss", "slow ferns"), ("moss", "slow ferns")), (("Keywords: moss and", "slow ferns"), ("moss and slow ferns",))],
)
def test_keywords_below_their_word_stand_one_on_each_line(rows, keywords):
    """A list without commas below `Keywords:` has a keyword on each line; one that begins beside the word runs on."""
    column = Column(left=72.0, right=300.0)
    placed = [Placed(line(t, 72, 100 + 11 * i), column, 0) for i, t in enumerate(rows)]
    assert find_keywords(placed, set(), Words()) == keywords


def test_authors_may_be_counted_and_addresses_keep_their_ordinals():
    """`1st Ann Bee` in a grid, its letters raised or not, is a name; a floor in an address is not cut at its number."""
    pieces = []
    for x, n, raised, letters, name in ((72, "1", True, "st", "Ann Bee"), (300, "2", False, "nd", "Carl Dee")):
        spans = [span(n, x, 100), span(letters, x + 5, 98, size=6 if raised else 10, raised=raised), span(f" {name}", x + 15, 100)]
        pieces += [
            make_line(spans, page=1, block=x),
            line("Fern University", x, 112, block=x, italic=True),
            line("Ulm, Peru", x, 124, block=x),
        ]
    floor = [span("5", 72, 136), span("th", 77, 134, size=6, raised=True), span(" floor, Moss Road", 84, 136)]
    found = read_bylines([*pieces, make_line(floor, page=1, block=72)])
    assert found.authors == ("Ann Bee", "Carl Dee")
    assert found.affiliations == ("Fern University, Ulm, Peru, 5th floor, Moss Road", "Fern University, Ulm, Peru")


@pytest.mark.parametrize("lower", [0.0, 2.2])
def test_a_wide_space_within_a_short_chinese_name(lower):
    """The two ideographs are one name, also where one of them was made higher with its lines."""
    last = line("琳", 394, 100 + lower)
    found = read_bylines([line("陈思远", 72, 100), line("张", 370, 100), last, line("北原大学", 360, 116)])
    assert (found.authors, found.affiliations) == (("陈思远", "张琳"), ("北原大学",))


def test_a_point_within_a_chinese_name_is_part_of_it():
    """Names of other languages in Chinese letters hold a point; between names in Latin letters it separates them."""
    assert split_names("古丽夏·买买江 陈力".replace(" ", "，")) == ("古丽夏·买买江", "陈力")
    assert split_names("Ann Bee · Carl Dee") == ("Ann Bee", "Carl Dee")


def test_an_institution_in_two_words_and_its_country_are_no_names():
    """A list that ends in a country is no list of names, although each part might be one: `Ann Bee, Fern Tech, Japan`."""
    found = read_bylines([line("ANN BEE, Fern Tech, Japan", 72, 100), line("CARL DEE, Kiln Mill, Norway, France", 72, 112)])
    assert found == Bylines(("ANN BEE", "CARL DEE"), ("Fern Tech, Japan", "Kiln Mill, Norway, France"))


def test_an_institution_may_begin_with_a_small_figure_that_is_not_flagged_as_raised():
    """At the beginning of a line nothing tells MuPDF how high the others stand; `Otto di Bee` could be a person."""
    names = make_line([span("Ann Bee", 72, 100), span("1", 110, 98, size=6, raised=True)], page=1, block=0)
    place = make_line([span("1", 72, 118, size=6), span("Politecnico di Kiln", 76, 120)], page=1, block=1)
    assert read_bylines([names, place]) == Bylines(("Ann Bee",), ("Politecnico di Kiln",))
