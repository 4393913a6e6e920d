"""Tests of `parley.capture`."""
