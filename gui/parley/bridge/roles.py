"""The roles that the models of this room share."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()

SEVERITY_ROLE = Qt.ItemDataRole.UserRole
"""A `parley.ul.errors.Severity`, or None for the ordinary."""
