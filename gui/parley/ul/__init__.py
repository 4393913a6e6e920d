"""PS3.8, the DICOM upper layer, sans-IO.

Bytes and primitives go in, effects come out. Nothing in this room knows a clock, a socket, an event loop, a widget or
a log.
"""
