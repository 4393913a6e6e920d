"""DIMSE messages of PS3.7 over an association. Pure."""
