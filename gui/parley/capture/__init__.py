"""Events as lines: for the log, for files, for other programs.

Pure; it knows the protocol and the model, and nothing that runs.
"""
