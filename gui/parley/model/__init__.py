"""What a person edits and keeps: handles, rules, profiles; and what happened: attempts and events.

Immutable values, their validation and their files. No socket, no event loop, no widget.
"""
