"""The recipe of the bilingual starter model: prepare, train, export, evaluate, package. README.md beside this file is the way in."""
