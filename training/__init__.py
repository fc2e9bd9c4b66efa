"""How the project's own models are made; no part of the installed program."""
