"""Files on their way to a peer, as a Qt table."""
