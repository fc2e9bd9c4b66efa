"""Kills, full disks and crowds: what must never harm a library."""
