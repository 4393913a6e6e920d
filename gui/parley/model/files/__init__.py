"""Profiles as files: keys, text, folder."""
