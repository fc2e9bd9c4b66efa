"""Posts: digests in, the text of a post and its pictures out.

`render_post` fills the template of a format, `write_post` puts the result on disk. Formats are folders in `templates/posts`.
"""

from offline_digest.posting.checking import find_faults
from offline_digest.posting.documents import PostDocument
from offline_digest.posting.formats import formats
from offline_digest.posting.names import check_topic
from offline_digest.posting.rendering import check_format, render_post
from offline_digest.posting.shelf import copy_files, find_file, list_files
from offline_digest.posting.values import Entry, Post
from offline_digest.posting.writing import write_post

__all__ = [
    "Entry",
    "Post",
    "PostDocument",
    "check_format",
    "check_topic",
    "copy_files",
    "find_faults",
    "find_file",
    "formats",
    "list_files",
    "render_post",
    "write_post",
]
