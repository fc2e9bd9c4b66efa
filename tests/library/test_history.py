"""What was posted where."""

import sqlite3

from offline_digest.library import Library, WrittenPost, enter_posted, list_posted
from offline_digest.records import Metadata

from .samples import OLD_POSTS, PDF, digest

ONE = Metadata(arxiv_id="2407.09450", version="v1", doi="10.1000/a", sha256=PDF, title="鲸 One", authors=("Ada Lovelace",))
TWO = Metadata(arxiv_id="2407.0945", title="Two")


def test_what_was_posted_is_known_for_ever(tmp_path):
    """Every paper of every post; a post that is written again has the papers it has now; those of one topic can be asked for."""
    first, second = tmp_path / "a" / "T.md", tmp_path / "b" / "U.md"
    with Library(tmp_path / "lib") as library:
        enter_posted(library, second, topic="U", day="2024-07-09", papers=[ONE])
        enter_posted(library, first, topic="T", day="2024-07-08", papers=[ONE])
        enter_posted(library, first, topic="T", day="2024-07-08", papers=[TWO, ONE])
    with Library(tmp_path / "lib") as library:
        assert [(p.paper, p.topic, p.day) for p in list_posted(library)] == [
            (TWO, "T", "2024-07-08"),
            (ONE, "T", "2024-07-08"),
            (ONE, "U", "2024-07-09"),
        ]
        assert [p.post for p in list_posted(library)] == [library.name_of(path) for path in (first, first, second)]
        assert [p.paper for p in list_posted(library, topic="T")] == [TWO, ONE]


def test_marks_of_updates_are_part_of_the_record(tmp_path):
    """What a post said of a paper is known with it; a library of before learns it from the next post."""
    root = tmp_path / "lib"
    with Library(root) as library:
        enter_posted(library, tmp_path / "T.md", topic="T", day="2024-07-08", papers=[ONE, TWO], updates={PDF: "v1"})
        assert [(p.paper.title, p.updated) for p in list_posted(library)] == [("鲸 One", "v1"), ("Two", None)]
    db = sqlite3.connect(root / "library.sqlite")
    db.executescript(f"ALTER TABLE posted DROP COLUMN updated; {OLD_POSTS} PRAGMA user_version = 6;")
    db.close()
    with Library(root) as library:
        assert [p.updated for p in list_posted(library)] == [None, None]


def test_posts_of_older_libraries_are_known_by_their_titles(tmp_path):
    """A library without this record gets it from the posts and papers that it knows."""
    root = tmp_path / "lib"
    with Library(root) as library:
        library.keep_digest(PDF, "1", digest(title="Whales"))
    db = sqlite3.connect(root / "library.sqlite")
    db.executescript(f"DROP TABLE posted; {OLD_POSTS} PRAGMA user_version = 5;")
    db.execute("INSERT INTO post VALUES (?, '0', '[\"Whales\", \"Unknown\"]', '2026-01-01')", (str((tmp_path / "Sea.md").resolve()),))
    db.commit()
    db.close()
    with Library(root) as library:
        (posted,) = list_posted(library)
        assert (posted.paper.sha256, posted.paper.title, posted.topic) == (PDF, "Whales", "Sea")
        assert posted.post == library.name_of(tmp_path / "Sea.md")
        assert library.post(tmp_path / "Sea.md") == WrittenPost(sha256="0", papers=(Metadata(title="Whales"), Metadata(title="Unknown")))
