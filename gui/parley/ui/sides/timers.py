"""The folded section of supervision times, the same for both ends."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QGridLayout, QWidget

from parley.model.profile import Timers
from parley.ui.kit import style
from parley.ui.kit.fields import Field, OptionalField, SecondsEdit
from parley.ui.kit.fold import FoldedSection

_TEXTS = {
    "connect": ("Connect", "How long the TCP connection may take"),
    "tls_handshake": ("TLS handshake", "How long the TLS handshake may take, where there is one"),
    "association_response": ("Answer", "How long to wait for the answer to an A-ASSOCIATE-RQ"),
    "artim": ("ARTIM", "The standard's timer: how long to wait for a request, or for the peer to close"),
    "dimse_response": ("DIMSE answer", "How long to wait for the answer to a DIMSE message such as C-ECHO"),
    "release_response": ("Release answer", "How long to wait for the answer to an A-RELEASE-RQ"),
    "idle": ("Idle", "How long an association may be silent before it is ended"),
}
REQUESTOR_TIMERS = (
    "connect",
    "tls_handshake",
    "association_response",
    "artim",
    "dimse_response",
    "release_response",
    "idle",
)
ACCEPTOR_TIMERS = ("tls_handshake", "artim", "dimse_response", "release_response", "idle")


class TimersSection(FoldedSection):
    """Edits `Timers`; the widgets exist only once it has been unfolded.

    Args:
        names: of those that this end has.
        usual: the end's defaults; one that is switched on begins with its own.
    """

    def __init__(self, prefix: str, names: tuple[str, ...], usual: Timers) -> None:
        super().__init__(
            "Timers", f"{prefix}.timers", "How long to wait for what; each can be switched off", self._make
        )
        self.field_names = tuple(f"timers.{name}" for name in names)
        self._prefix = prefix
        self._names = names
        self._timers = self._usual = usual
        self._fields: dict[str, OptionalField[SecondsEdit]] = {}
        self._describe()

    def timers(self) -> Timers:
        return self._timers

    def set_timers(self, timers: Timers) -> None:
        self._timers = timers
        self._fill()
        self._describe()

    def fields(self) -> dict[str, Field]:
        """The fields as ``timers.connect`` and so on; none while the section was never unfolded."""
        return {f"timers.{name}": field for name, field in self._fields.items()}

    def _make(self) -> QWidget:
        content = QWidget()
        grid = QGridLayout(content)
        grid.setHorizontalSpacing(2 * style.SPACING)
        for number, name in enumerate(self._names):
            label, tip = _TEXTS[name]
            field = OptionalField(f"{label} (s)", SecondsEdit(), f"{self._prefix}.timers.{name}", tip, "on")
            self._fields[name] = field
            grid.addWidget(field, *divmod(number, 3))
        self._fill()
        for field in self._fields.values():
            field.changed.connect(self._read)
        return content

    def _fill(self) -> None:
        for name, field in self._fields.items():
            field.show_value(getattr(self._timers, name), getattr(self._usual, name) or 60.0)

    def _read(self) -> None:
        times = {name: field.editor.value() or 0.0 for name, field in self._fields.items() if field.is_on()}
        self._timers = replace(self._timers, **{name: times.get(name) for name in self._fields})
        self._describe()
        self.changed.emit()

    def _describe(self) -> None:
        times = ((_TEXTS[name][0].removesuffix(" answer"), getattr(self._timers, name)) for name in self._names)
        self.set_summary(" · ".join(f"{label} {'off' if time is None else f'{time:g} s'}" for label, time in times))
