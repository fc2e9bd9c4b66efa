"""Which models there are and where their files lie.

catalog.py   what is known of models by name
naming.py    what a user types, as a value
sizes.py     how large weights are, without their file
finding.py   from a name to a file on this machine
"""

from offline_digest.weights.catalog import CatalogEntry, Dimensions, Hub, Package, known_models, load_catalog
from offline_digest.weights.finding import ModelFile, find_model
from offline_digest.weights.naming import Hosted, Listed, Local, Reference, choose_file, parse_name, spelled
from offline_digest.weights.sizes import WeightSizes, quant_of, weight_sizes

__all__ = [
    "CatalogEntry",
    "Dimensions",
    "Hosted",
    "Hub",
    "Listed",
    "Local",
    "ModelFile",
    "Package",
    "Reference",
    "WeightSizes",
    "choose_file",
    "find_model",
    "known_models",
    "load_catalog",
    "parse_name",
    "quant_of",
    "spelled",
    "weight_sizes",
]
