"""The open profile: its draft and how it is undone, the list of all, secrets and what was agreed to."""
