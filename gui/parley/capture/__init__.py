"""Events to and from JSON Lines, CSV, text and pcapng. Pure."""
