"""Carries the weights of the bilingual starter model; offline-digest finds them here."""
