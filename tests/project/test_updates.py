"""Which papers are marked as updates."""

from datetime import date

import pytest

from offline_digest.library import Library, enter_posted
from offline_digest.pipeline.updates import earlier_versions
from offline_digest.records import Metadata

SHA = "ab" * 32
DAY = date(2026, 3, 2)


def paper(version, **changes):
    return Metadata(**{"arxiv_id": "2401.01234", "version": version, "sha256": SHA, "title": "T"} | changes)


@pytest.mark.parametrize(
    ("posted", "now", "in_topic", "in_all"),
    [
        ([("a", "2026-03-01", "v1")], paper("v2"), "v1", "v1"),
        ([("b", "2026-03-01", "v1")], paper("v2"), None, "v1"),
        ([("b", "2026-03-02", "v1")], paper("v2"), None, "v1"),
        ([("a", "2026-03-02", "v1")], paper("v2"), None, None),  # the very post that is written
        ([("a", "2026-03-03", "v1")], paper("v2"), None, None),
        ([("a", "2026-03-01", "v2")], paper("v2"), None, None),
        ([("a", "2026-03-01", "v3")], paper("v2"), None, None),
        ([("a", "2026-02-28", "v1"), ("b", "2026-03-01", "v2")], paper("v3"), "v1", "v2"),
        ([("a", "2026-02-28", "v2"), ("a", "2026-03-01", "v1")], paper("v10"), "v1", "v1"),
        ([("a", "2026-03-01", None)], paper("v2"), None, None),
        ([("a", "2026-03-01", "v1")], paper(None), None, None),
        ([("a", "2026-03-01", "v1")], paper("v2", arxiv_id="2401.01235"), None, None),
        ([("a", "2026-03-01", "v1")], paper("v2", sha256=None), None, None),
    ],
)
def test_an_update_shows_what_an_earlier_post_showed_in_an_earlier_version(tmp_path, posted, now, in_topic, in_all):
    """What counts is the scope, the day and the version; the post that is being written is never its own history."""
    with Library(tmp_path / "lib") as library:
        for topic, day, version in posted:
            enter_posted(library, tmp_path / f"{topic}-{day}", topic=topic, day=day, papers=[paper(version, sha256="cd" * 32)])
        for scope, version in (("topic", in_topic), ("all", in_all)):
            assert earlier_versions(library, [now], topic="a", day=DAY, scope=scope) == ({SHA: version} if version else {})
