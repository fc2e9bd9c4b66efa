"""The whole row: paths → PDFs → readings → digests → one post. The only room that knows every stage."""

from offline_digest.pipeline.digests import Digesting
from offline_digest.pipeline.readings import read_papers
from offline_digest.pipeline.rendering import Rendered, RenderOrder, render_order
from offline_digest.pipeline.run import open_engine, run_order
from offline_digest.pipeline.values import Order, Outcome, Result

__all__ = ["Digesting", "Order", "Outcome", "RenderOrder", "Rendered", "Result", "open_engine", "read_papers", "render_order", "run_order"]
