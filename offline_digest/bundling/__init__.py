"""The program and a model on a disk, for a machine without network.

installer.py   what a bundle is on disk; checks and installs one. Goes into every bundle as install.py
target.py      the machine that a bundle is for
wanted.py      all wheels that it needs; the only part that goes online, through pip
wheels.py      wheels as files; that of the running program
compiling.py   llama.cpp is compiled and kept; also what the Makefile runs
portable.py    a compiled llama.cpp made fit for other machines
sbom.py        what is inside, for whoever must approve it
packing.py     members, parts, the folder
archives.py    the same as tar files
creating.py    joins them
"""

from offline_digest.bundling.archives import all_archives, unpack_archives, verify_archives
from offline_digest.bundling.creating import Created, Order, create_bundle
from offline_digest.bundling.installer import BundleError, verify_folder
from offline_digest.bundling.installer import install as install_folder
from offline_digest.bundling.values import Weights

__all__ = [
    "BundleError",
    "Created",
    "Order",
    "Weights",
    "all_archives",
    "create_bundle",
    "install_folder",
    "unpack_archives",
    "verify_archives",
    "verify_folder",
]
