"""Immutable handles and profiles, their validation and their files. No Qt."""
