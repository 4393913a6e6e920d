"""Requests that wait, and what a person decides about them."""
