"""Sizes as a person reads them."""

import pytest

from parley.model.sizes import size_words


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (999, "999 B"), (40_250, "40.2 kB"), (524_288, "524.3 kB"), (1_200_000, "1.2 MB"), (3e9, "3.0 GB")],
)
def test_sizes(size, words):
    assert size_words(int(size)) == words
