"""What the tests share: loops, peers, strategies, scripts."""
