"""Tests of `parley.diagnosis`."""
