"""From a paper that was read to a digest: which part of it the engine gets, what is asked, what is accepted."""

from offline_digest.digesting.digest import DIGEST_VERSION, digest_paper
from offline_digest.digesting.prompts import Prompts, load_prompts

__all__ = ["DIGEST_VERSION", "Prompts", "digest_paper", "load_prompts"]
