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
from itertools import cycle

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pynetdicom.pdu import A_ASSOCIATE_RQ
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QTableView

from parley.bridge.answers.held import HeldModel
from parley.bridge.association_model import AssociationModel
from parley.model.build import request_pdu
from parley.model.handle import AcceptorHandle, ProposedContext, RequestorHandle, SupportedContext
from parley.model.problems.validation import check_acceptor, check_requestor
from parley.model.profile import AcceptorSide, RequestorSide
from parley.ui.contexts.row import Column
from parley.ui.kit import style
from parley.ui.sides.scp_panel import ScpPanel
from parley.ui.sides.scu_panel import ScuPanel
from parley.ui.sides.side_panel import SidePanel
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


def reaction(panel: SidePanel, side: object, deed: Callable[[SidePanel], Callable[[], None]]) -> Figures:
    """From what a person does to the painted answer, without the pause that the panel grants a typist."""
    panel.resize(600, 900)
    panel.set_side(side)
    panel.show()
    does = deed(panel)

    def react() -> None:
        does()
        panel.check()
        QApplication.sendPostedEvents()
        panel.repaint()

    figures = Figures.of(react)
    panel.close()
    panel.deleteLater()
    return figures


def typing_in(field: str) -> Callable[[SidePanel], Callable[[], None]]:
    """A letter in a line, every other time a lower-case one, so that problems come and go."""

    def prepare(panel: SidePanel) -> Callable[[], None]:
        line = panel.findChild(QLineEdit, field)
        assert line is not None
        shift = cycle([Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier(0)])

        def letter() -> None:
            line.selectAll()
            QTest.keyClick(line, Qt.Key.Key_A, next(shift))

        return letter

    return prepare


def typing_a_context(panel: SidePanel) -> Callable[[], None]:
    """Another abstract syntax in one cell, every other time a wrong one."""
    model = panel.findChild(QTableView, "scu.contexts").model()
    index = model.index(5, model.columns.index(Column.ABSTRACT_SYNTAX))
    texts = cycle(["1.2.3", "1.2.x"])
    return lambda: model.setData(index, next(texts))


def changing_every_context(panel: SidePanel) -> Callable[[], None]:
    """Other transfer syntaxes for all contexts, which are selected."""
    table = panel.findChild(QTableView, "scu.contexts")
    table.selectAll()
    lists = cycle([SYNTAXES[:-1], SYNTAXES[1:], FAULTY])
    return lambda: table.model().set_transfer_syntaxes(range(CONTEXTS), next(lists))


def typed_rules(side: RequestorSide) -> Callable[[], object]:
    """The rules of a requestor, asked with another title each time."""
    sides = cycle([replace(side, handle=replace(side.handle, called_ae_title=title)) for title in ("PACS", "PACT")])
    return lambda: check_requestor(next(sides))


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
    many = len(check_requestor(faulty))
    title = typing_in("scu.called_ae_title")
    rows = [
        *Figures.of(typed_rules(scu)).rows(f"rules of an SCU of {size}", encoding),
        *Figures.of(lambda: check_acceptor(scp)).rows(f"rules of an SCP of {size}", encoding),
        *reaction(ScuPanel(), scu, title).rows(f"a letter in the SCU panel of {size}", encoding, GOAL),
        *reaction(ScuPanel(), faulty, title).rows(f"the same with {many} problems", encoding, GOAL),
        *reaction(ScuPanel(), scu, typing_a_context).rows("an abstract syntax in its table", encoding, GOAL),
        *reaction(ScuPanel(), scu, changing_every_context).rows(f"{CONTEXTS} contexts changed at once", encoding),
        *reaction(ScpPanel(AssociationModel(), HeldModel()), scp, typing_in("scp.ae_title")).rows(
            f"a letter in the SCP panel of {size}", encoding, GOAL
        ),
    ]
    if hasattr(os, "getloadavg"):
        rows.append(Row("load of this machine in the last minute", os.getloadavg()[0]))
    return rows
