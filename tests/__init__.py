"""The tests mirror `gui/parley`; see `packaging/dev.py test`."""
