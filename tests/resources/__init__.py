"""Tests of where shipped files lie."""
