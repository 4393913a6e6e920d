"""Parley, a desktop tester for DICOM associations.

This module holds the version and imports nothing: whoever imports a pure room of Parley gets that room alone.
"""

__version__ = "0.1.0"
