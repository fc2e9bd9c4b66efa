"""The whole row: paths → PDFs → readings → digests → one post. The only room that knows every stage."""

from offline_digest.pipeline.digests import Digesting
from offline_digest.pipeline.exporting import export_site
from offline_digest.pipeline.fitting import Checked, Fit, Machine, best, check_model, fit_of, fits_of, listed_as, this_machine
from offline_digest.pipeline.forecast import Forecast, forecasts
from offline_digest.pipeline.models import TrustedModel, catalogue_hashes, model_at_hand, starter_at_hand, trusted_model
from offline_digest.pipeline.picking import check_liked, liked_texts, met_before, told_of_known
from offline_digest.pipeline.previewing import Preview
from offline_digest.pipeline.readings import read_papers
from offline_digest.pipeline.rendering import Rendered, RenderOrder, render_order
from offline_digest.pipeline.rounds import Plan, Round, Rounds, check_plan, exit_code
from offline_digest.pipeline.run import driven, open_engine, run_order
from offline_digest.pipeline.timings import Timing, keep_timing
from offline_digest.pipeline.values import Order, Outcome, Result
from offline_digest.pipeline.watching import watch

__all__ = [
    "Checked",
    "Digesting",
    "Fit",
    "Forecast",
    "Machine",
    "Order",
    "Outcome",
    "Plan",
    "Preview",
    "RenderOrder",
    "Rendered",
    "Result",
    "Round",
    "Rounds",
    "Timing",
    "TrustedModel",
    "best",
    "catalogue_hashes",
    "check_liked",
    "check_model",
    "check_plan",
    "driven",
    "exit_code",
    "export_site",
    "fit_of",
    "fits_of",
    "forecasts",
    "keep_timing",
    "liked_texts",
    "listed_as",
    "met_before",
    "model_at_hand",
    "open_engine",
    "read_papers",
    "render_order",
    "run_order",
    "starter_at_hand",
    "this_machine",
    "told_of_known",
    "trusted_model",
    "watch",
]
