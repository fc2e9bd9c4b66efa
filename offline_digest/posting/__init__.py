"""Posts: digests in, the text of a post and its pictures out.

`render_post` fills the template of a format, `write_post` puts the result on disk. Formats are folders in `templates/posts`.
"""

from offline_digest.posting.documents import PostDocument
from offline_digest.posting.formats import formats
from offline_digest.posting.rendering import render_post
from offline_digest.posting.values import Entry, Post
from offline_digest.posting.writing import write_post

__all__ = ["Entry", "Post", "PostDocument", "formats", "render_post", "write_post"]
