"""Tests of `parley.model`."""
