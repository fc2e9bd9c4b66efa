"""Which models there are, where their files lie, and which of them are trusted.

spelling.py  how models and their files are spelled
catalog.py   what is known of models by name
naming.py    what a user types, as a value
places.py    where model files lie on this machine, caches of other programs too
sizes.py     how large weights are, without their file
finding.py   from a name to a file on this machine
header.py    the header of a GGUF file, read without trusting it
facts.py     what it says of its model
inspecting.py  both in a child process
checking.py  whether a file holds what it should
lock.py      which files are trusted
hashes.py    a memory of hashes
importing.py files that somebody brings
upkeep.py    whether all that is trusted is whole, and how it goes
online/      from the hub to this machine; the only part that goes online
"""

from offline_digest.weights.catalog import CatalogEntry, Dimensions, Hub, Package, known_models, load_catalog
from offline_digest.weights.checking import part_hashes, pins_of, reading
from offline_digest.weights.facts import ModelFacts
from offline_digest.weights.finding import ModelFile, ModelPart, find_model
from offline_digest.weights.hashes import Hashes
from offline_digest.weights.importing import Imported, Means, import_lock, import_model
from offline_digest.weights.inspecting import Inspector
from offline_digest.weights.lock import Lock, Pin, pin, read_lock, unpin
from offline_digest.weights.naming import Hosted, Listed, Local, Reference, parse_name
from offline_digest.weights.places import Places, places_of
from offline_digest.weights.sizes import WeightSizes, quant_of, weight_sizes
from offline_digest.weights.spelling import choose_file, spelled
from offline_digest.weights.upkeep import Checked, Removed, carried, remove_model, verify_models

__all__ = [
    "CatalogEntry",
    "Checked",
    "Dimensions",
    "Hashes",
    "Hosted",
    "Hub",
    "Imported",
    "Inspector",
    "Listed",
    "Local",
    "Lock",
    "Means",
    "ModelFacts",
    "ModelFile",
    "ModelPart",
    "Package",
    "Pin",
    "Places",
    "Reference",
    "Removed",
    "WeightSizes",
    "carried",
    "choose_file",
    "find_model",
    "import_lock",
    "import_model",
    "known_models",
    "load_catalog",
    "parse_name",
    "part_hashes",
    "pin",
    "pins_of",
    "places_of",
    "quant_of",
    "read_lock",
    "reading",
    "remove_model",
    "spelled",
    "unpin",
    "verify_models",
    "weight_sizes",
]
