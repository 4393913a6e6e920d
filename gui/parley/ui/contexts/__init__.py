"""The editor of presentation contexts, of either side."""
