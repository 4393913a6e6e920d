"""Profiles to and from the files of other programs, and handles as commands of other programs.

Rules: values in, values out; only `parley.exchange.files` opens files. A reader returns what it understood and the
problems it had, each with its line, and raises nothing whatever the content; sizes are bounded before anything is read.
"""
