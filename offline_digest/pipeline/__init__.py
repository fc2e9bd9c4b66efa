"""The whole row: paths → PDFs → readings → digests → one post. The only room that knows every stage."""

from offline_digest.pipeline.digests import Digesting
from offline_digest.pipeline.exporting import export_site
from offline_digest.pipeline.forecast import Forecast, forecasts
from offline_digest.pipeline.picking import known_papers, liked_texts
from offline_digest.pipeline.previewing import Preview
from offline_digest.pipeline.readings import read_papers
from offline_digest.pipeline.rendering import Rendered, RenderOrder, render_order
from offline_digest.pipeline.rounds import Plan, Round, Rounds, check_plan, exit_code
from offline_digest.pipeline.run import open_engine, run_order
from offline_digest.pipeline.values import Order, Outcome, Result
from offline_digest.pipeline.watching import watch

__all__ = [
    "Digesting",
    "Forecast",
    "Order",
    "Outcome",
    "Plan",
    "Preview",
    "RenderOrder",
    "Rendered",
    "Result",
    "Round",
    "Rounds",
    "check_plan",
    "exit_code",
    "export_site",
    "forecasts",
    "known_papers",
    "liked_texts",
    "open_engine",
    "read_papers",
    "render_order",
    "run_order",
    "watch",
]
