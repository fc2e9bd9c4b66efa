"""A library as a web site: lists by day and topic, a page per paper, a search index. Values in, the text of files out.

    index.html, all/2.html, …     all papers, the newest first
    topics/<topic>/1.html, …      those of one topic
    contents.html                 every topic and day
    papers/<key>.html             one paper
    pictures/<key>/…              its figures and tables
    search/0.js, …                what is searched, the newest papers first
    assets/…                      style and scripts

All links are relative, so that the same files are right on a server, below any folder of one, and on disk.
"""

from offline_digest.posting.site.arranging import MOST_SEARCHED, Listed, SiteMap, arrange
from offline_digest.posting.site.pages import (
    ASSETS,
    POLICY,
    Searchable,
    published_pictures,
    render_asset,
    render_contents,
    render_list,
    render_lost,
    render_paper,
    render_shard,
    view_paper,
)
from offline_digest.posting.site.views import Card, card_of, lost_card

__all__ = [
    "ASSETS",
    "MOST_SEARCHED",
    "POLICY",
    "Card",
    "Listed",
    "Searchable",
    "SiteMap",
    "arrange",
    "card_of",
    "lost_card",
    "published_pictures",
    "render_asset",
    "render_contents",
    "render_list",
    "render_lost",
    "render_paper",
    "render_shard",
    "view_paper",
]
