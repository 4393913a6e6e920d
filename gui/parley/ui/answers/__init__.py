"""Answering requests by hand: what is held, what is armed, and the editor of a whole answer."""
