"""What one typed letter costs with a handle of 128 contexts × 20 transfer syntaxes: the rules alone, and a whole panel.

Every figure is taken letter by letter, by the clock and in processor time of this process: the second is what remains
when others share the machine, whose load stands in the last row. The other column is pynetdicom encoding the same
request, in the same run.
"""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pynetdicom.pdu import A_ASSOCIATE_RQ
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from parley.bridge.association_model import AssociationModel
from parley.model.build import request_pdu
from parley.model.handle import AcceptorHandle, ProposedContext, RequestorHandle, SupportedContext
from parley.model.profile import AcceptorSide, RequestorSide
from parley.model.validation import check_acceptor, check_requestor
from parley.ui import style
from parley.ui.scp_panel import ScpPanel
from parley.ui.scu_panel import ScuPanel
from parley.ui.side_panel import SidePanel
from parley.ul.codec import encode
from tests.benchmarks.table import Row

LETTERS = 400
CONTEXTS = 128
GOAL = "under 16 ms"
IMPLICIT, DEFLATED = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1.99"
SYNTAXES = (IMPLICIT, *(f"1.2.826.0.1.3680043.8.1.{number}" for number in range(19)))
"""Twenty that go together without a warning."""
FAULTY = (IMPLICIT, DEFLATED, *(f"1.2.840.10008.1.2.4.{number}" for number in range(50, 67)), "1.02")
"""Twenty that give each context three problems."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of many letters, in milliseconds."""

    median: float
    p99: float
    cpu: float

    @classmethod
    def of(cls, work: Callable[[], object], rounds: int = LETTERS) -> "Figures":
        """Measure `work` round by round; the first is for warming up."""
        work()
        clock, cpu = [], []
        for _ in range(rounds):
            started, burnt = time.perf_counter(), time.process_time()
            work()
            cpu.append((time.process_time() - burnt) * 1000)
            clock.append((time.perf_counter() - started) * 1000)
        return cls(statistics.median(clock), statistics.quantiles(clock, n=100)[98], statistics.median(cpu))

    def rows(self, name: str, theirs: "Figures", goal: str = "") -> list[Row]:
        """Clock, its p99, and processor time, each beside theirs."""
        return [
            Row(f"{name}, median ms", self.median, theirs.median, theirs.median / self.median, goal),
            Row("  its p99", self.p99, theirs.p99, theirs.p99 / self.p99, goal),
            Row("  processor time, median", self.cpu, theirs.cpu, theirs.cpu / self.cpu, goal),
        ]


def requestor(syntaxes: tuple[str, ...]) -> RequestorSide:
    """As many contexts as an association has room for."""
    contexts = (ProposedContext(f"1.2.840.10008.5.1.4.1.1.{number + 1}", syntaxes) for number in range(CONTEXTS))
    return RequestorSide(handle=RequestorHandle(contexts=tuple(contexts)))


def acceptor(syntaxes: tuple[str, ...]) -> AcceptorSide:
    """The same, supported."""
    contexts = (SupportedContext(f"1.2.840.10008.5.1.4.1.1.{number + 1}", syntaxes) for number in range(CONTEXTS))
    return AcceptorSide(handle=AcceptorHandle(contexts=tuple(contexts)))


def reaction(panel: SidePanel, side: object, field: str) -> Figures:
    """From the key to the painted answer, without the pause that the panel grants a typist.

    Every other letter is a lower-case one, so that problems come and go.
    """
    panel.resize(600, 900)
    panel.set_side(side)
    panel.show()
    line = panel.findChild(QLineEdit, field)
    assert line is not None
    letters = 0

    def letter() -> None:
        nonlocal letters
        letters += 1
        line.selectAll()
        QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier(0) if letters % 2 else Qt.KeyboardModifier.ShiftModifier)
        panel.check()
        QApplication.sendPostedEvents()
        panel.repaint()

    figures = Figures.of(letter)
    panel.close()
    panel.deleteLater()
    return figures


def typed_rules(side: RequestorSide) -> Callable[[], object]:
    """The rules of a requestor, asked with another title each time."""
    sides = [replace(side, handle=replace(side.handle, called_ae_title=title)) for title in ("PACS", "PACT")]

    def check() -> object:
        sides.reverse()
        return check_requestor(sides[0])

    return check


def run() -> list[Row]:
    """The rules, the panels, and the panel with three problems in each context."""
    application = QApplication.instance() or QApplication([])
    style.apply(application)  # type: ignore[arg-type]
    scu, scp = requestor(SYNTAXES), acceptor(SYNTAXES)
    assert check_requestor(scu) == ()
    theirs = A_ASSOCIATE_RQ()
    theirs.decode(encode(request_pdu(scu.handle)))
    encoding = Figures.of(theirs.encode, LETTERS // 4)
    size = f"{CONTEXTS} x {len(SYNTAXES)}"
    faulty = requestor(FAULTY)
    rows = [
        *Figures.of(typed_rules(scu)).rows(f"rules of an SCU of {size}", encoding),
        *Figures.of(lambda: check_acceptor(scp)).rows(f"rules of an SCP of {size}", encoding),
        *reaction(ScuPanel(), scu, "scu.called_ae_title").rows(f"a letter in the SCU panel of {size}", encoding, GOAL),
        *reaction(ScuPanel(), faulty, "scu.called_ae_title").rows(
            f"the same with {len(check_requestor(faulty))} problems", encoding, GOAL
        ),
        *reaction(ScpPanel(AssociationModel()), scp, "scp.ae_title").rows(
            f"a letter in the SCP panel of {size}", encoding, GOAL
        ),
    ]
    if hasattr(os, "getloadavg"):
        rows.append(Row("load of this machine in the last minute", os.getloadavg()[0]))
    return rows
