"""What `scripts/build_sample.py` needs to make the bundled sample paper: simulation, typesetting, drawings."""
