"""From a paper that was read to a digest: which part of it the engine gets, what is asked, what is accepted."""

from offline_digest.digesting.digest import DIGEST_VERSION, Wish, digest_paper
from offline_digest.digesting.judging import judge_digest
from offline_digest.digesting.prompts import Prompts, load_prompts

__all__ = ["DIGEST_VERSION", "Prompts", "Wish", "digest_paper", "judge_digest", "load_prompts"]
