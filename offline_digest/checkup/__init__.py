"""What `doctor` looks at. Everything is imported by the check that needs it: a check that cannot be made is a finding, and the others go on.

finding.py   what a check says
program.py   Python, packages, the libraries that run in children
machine.py   CPU, llama.cpp and its devices, memory
places.py    configuration, folders, disks, the index of the library
models.py    the model that is set, and the files that are trusted
trial.py     --deep: the model is loaded and answers
checks.py    all of them, in order
"""

from offline_digest.checkup.checks import examine, exit_code
from offline_digest.checkup.finding import Finding

__all__ = ["Finding", "examine", "exit_code"]
