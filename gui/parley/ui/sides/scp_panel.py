"""The SCP panel: where to listen, what to answer, and who is connected now.

It edits a draft and emits wishes; a listener that is open already keeps the draft it was opened with, until it is told
to answer by the new one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from parley.bridge.answers.held import HeldModel
from parley.bridge.association_model import AssociationModel
from parley.model.answering import Answering, DecisionMode
from parley.model.handle import AcceptanceRules, AcceptorHandle, Rejection, SupportedContext
from parley.model.profile import USUAL_ACCEPTOR_TIMERS, AcceptorSide
from parley.ui.answers.answer_edit import AnswerEdit
from parley.ui.answers.arm_bar import ArmButton, ArmedLine
from parley.ui.answers.held_pane import HeldPane
from parley.ui.answers.live_table import LiveTable
from parley.ui.contexts.editor import ContextsEditor
from parley.ui.kit import icons, style
from parley.ui.kit.action_button import ActionButton
from parley.ui.kit.fields import ComboBox, Field, NumberEdit, OptionalField, SecondsEdit, StringEdit, named, sentence
from parley.ui.kit.texts import set_tip
from parley.ui.sides.answer_rules_section import AnswerRulesSection
from parley.ui.sides.identity import IdentitySection
from parley.ui.sides.negotiation_sections import AnswerSection
from parley.ui.sides.rejection_edit import RejectionEdit
from parley.ui.sides.responses_section import ResponsesSection
from parley.ui.sides.rules_section import RulesSection
from parley.ui.sides.side_panel import DEFAULT_MAXIMUM_LENGTH, NOTHING, SidePanel
from parley.ui.sides.storage_section import StorageSection
from parley.ui.sides.timers import ACCEPTOR_TIMERS, TimersSection
from parley.ui.sides.tls_section import TlsSection
from parley.ui.sides.transport_section import TransportSection
from parley.ui.sides.user_identity import UserCheckSection
from parley.ul.errors import Severity

if TYPE_CHECKING:
    from parley.bridge.opened_profile import OpenedProfile
    from parley.model.problems.validation import Problem

BY_RULES, ASK, REJECT = "rules", "ask", "reject"
_DECISIONS: list[tuple[str, object]] = [
    ("Decide by the rules", BY_RULES),
    ("Ask me", ASK),
    ("Reject every request", REJECT),
]
_FIRST_REJECTION = Rejection(1, 1, 7)
DEFAULT_SECONDS = Answering().default_seconds


class ScpPanel(SidePanel):
    """Edits an `AcceptorSide`.

    Attributes:
        listen_requested: the person wants to listen, with the draft as an `AcceptorSide`.
        stop_requested: the person wants to stop.
        abort_association_requested: the number of a live association that is to be aborted.
        change_requested: the open listener shall answer by the draft, an `AcceptorSide`, from the next request on.
        held, arm, armed: the requests that wait, and the answer to the next; they emit wishes of their own.
        listen_action, stop_action: for toolbar and menus.
    """

    listen_requested = Signal(object)
    stop_requested = Signal()
    abort_association_requested = Signal(object)
    change_requested = Signal(object)

    def __init__(self, associations: AssociationModel, held: HeldModel) -> None:
        super().__init__("scp", "SCP (acceptor)", "Whether this side listens, and where")
        self._shown = AcceptorSide()
        self._listening: str | None = None
        self._waiting: AcceptorSide | None = None
        self._served: AcceptorSide | None = None
        self._shows_refusal = False
        self._make_fields()
        self._make_who_is_here(associations, held)
        self._make_commands()
        self.set_side(AcceptorSide())
        self.show_listening(None)

    def _make_fields(self) -> None:
        tip = "Address to listen on: 127.0.0.1 for this machine only, 0.0.0.0 for every IPv4 one it has, * for IPv6 too"
        self._host = Field("Add&ress", StringEdit(), "scp.host", tip)
        self._port = Field("P&ort", NumberEdit(), "scp.port", "TCP port to listen on; 0 takes any free one")
        self._title = Field("&AE title", StringEdit(), "scp.ae_title", "This side's AE title")
        self._length = self._maximum_length_field("Ma&x. length")
        tip = "How many associations at once; one more is rejected with 2/3/2"
        self._limit = Field("Max. associations", NumberEdit(), "scp.maximum_associations", tip)
        tip = "How many connections may have sent no request yet; beyond, the oldest gives way after a second"
        self._silent = Field("Max. silent", NumberEdit(), "scp.maximum_silent_connections", tip)
        editor = ContextsEditor(SupportedContext, "scp")
        named(editor.table, "scp.contexts", "Supported presentation contexts", "Double-click to edit")
        tip = "Which abstract syntaxes are accepted, and with which transfer syntaxes"
        self._contexts = Field("Supported presentation contexts", editor, "scp.contexts.editor", tip)
        self._decision = Field("Dec&ision", ComboBox(_DECISIONS), "scp.decision", "What to answer to a request")
        self._rejection = RejectionEdit("scp.reject")
        self._row(("host", self._host, 5), ("port", self._port, 2), ("maximum_length", self._length, 4))
        self._row(
            ("ae_title", self._title, 4),
            ("decision", self._decision, 4),
            ("maximum_associations", self._limit, 3),
            ("maximum_silent_connections", self._silent, 2),
        )
        self._form.addWidget(self._rejection)
        self._make_hold_fields()
        self._section(AnswerRulesSection("scp"))
        self._rules = RulesSection("scp")
        self._section(self._rules)
        self._row(("contexts", self._contexts, 1))
        self._timers = TimersSection("scp", ACCEPTOR_TIMERS, USUAL_ACCEPTOR_TIMERS)
        self._storage = StorageSection("scp")
        self._storage.classes_requested.connect(self._add_storage_classes)
        self.tls = TlsSection("scp")
        for section in (
            self._storage,
            ResponsesSection("scp"),
            self.tls,
            AnswerSection("scp"),
            UserCheckSection("scp"),
            IdentitySection("scp", AcceptorHandle()),
            TransportSection("scp"),
            self._timers,
        ):
            self._section(section)
        for field in (self._host, self._port, self._title, self._limit, self._silent):
            field.editor.textChanged.connect(self._edited)
        self._length.changed.connect(self._edited)
        self._decision.editor.currentIndexChanged.connect(self._show_decision)
        self._decision.editor.currentIndexChanged.connect(self._edited)
        self._rejection.changed.connect(self._edited)
        editor.changed.connect(self._edited)
        editor.roles_wanted.connect(self._add_roles)

    def _make_hold_fields(self) -> None:
        """What happens to a request that nobody answers."""
        tip = "What a held request is answered with when the time is up"
        self._unanswered = Field(
            "If nobody answers", AnswerEdit("scp.default_answer", "Default answer"), "scp.default_answer", tip
        )
        tip = "Seconds until then; most devices give up after 5 to 30 s. Off: it waits until the device gives up"
        self._patience = OptionalField("within, in seconds", SecondsEdit(), "scp.default_seconds", tip, "limit")
        self._hold = self._row(("default_answer", self._unanswered, 5), ("default_seconds", self._patience, 3))
        self._unanswered.editor.changed.connect(self._edited)
        self._patience.changed.connect(self._edited)

    def _make_commands(self) -> None:
        self.listen_action = self._command("&Listen", "listen", "Ctrl+L", "Listen for associations")
        self.stop_action = self._command("&Stop", "stop", "Ctrl+Shift+L", "Stop listening and end what came in")
        self._listen_tip = self.listen_action.toolTip()
        self._buttons.addWidget(ActionButton(self.listen_action, "scp.listen"))
        self._buttons.addWidget(ActionButton(self.stop_action, "scp.stop"))
        self.change_action = self._command(
            "Appl&y", "ok", "Ctrl+Shift+A", "Answer by what is typed now, from the next request on"
        )
        self.change_action.triggered.connect(self._change)
        self._buttons.addWidget(ActionButton(self.change_action, "scp.apply"))
        self.arm = ArmButton()
        self._buttons.addWidget(self.arm)
        self._buttons.addStretch(1)
        self._buttons.addWidget(ActionButton(self.live.abort_action, "scp.abort_association", shows_text=False))
        self.listen_action.triggered.connect(self._listen)
        self.stop_action.triggered.connect(self.stop_requested)

    def _make_who_is_here(self, associations: AssociationModel, held: HeldModel) -> None:
        """What is armed, who is connected, who waits: each takes room only while there is something to show."""
        self.armed = ArmedLine()
        self.live = LiveTable(associations)
        self.live.abort_requested.connect(self.abort_association_requested)
        self.held = HeldPane(held)
        for widget in (self.armed, self.live.heading, self.live, self.held):
            self._above_buttons(widget)

    @property
    def listens_on(self) -> str | None:
        """The address that is listened on; None while nothing listens."""
        return self._listening

    @property
    def served(self) -> AcceptorSide | None:
        """What the open listener answers by, as it was typed."""
        return self._served

    # --- the draft ---------------------------------------------------------------------------------------------------

    def side(self) -> AcceptorSide:
        """The draft as it is typed, problems and all."""
        decision = self._decision.editor.value()
        rejects = decision == REJECT
        handle = replace(
            self._with_parts(self._shown.handle),
            ae_title=self._title.editor.value(),
            contexts=self._contexts.editor.contexts(),
            maximum_length=(self._length.editor.value() or 0) if self._length.is_on() else None,
        )
        rules = replace(self._with_parts(self._shown.rules), reject_all=self._rejection.value() if rejects else None)
        answering = replace(
            self._with_parts(self._shown.answering),
            mode=DecisionMode.ASK if decision == ASK else DecisionMode.RULES,
            default_answer=self._unanswered.editor.value(),
            default_seconds=self._patience.editor.value() if self._patience.is_on() else None,
        )
        return replace(
            self._with_parts(self._shown),
            host=self._host.editor.value(),
            port=self._port.editor.value() or 0,
            handle=handle,
            rules=rules,
            answering=answering,
            timers=self._timers.timers(),
            maximum_associations=self._limit.editor.value() or 0,
            maximum_silent_connections=self._silent.editor.value() or 0,
        )

    def set_side(self, side: AcceptorSide) -> None:
        """Show another draft; `changed` stays silent."""
        self._filling = True
        self._shown = side
        self._host.editor.set_value(side.host)
        self._port.editor.set_value(side.port)
        self._title.editor.set_value(side.handle.ae_title)
        self._length.show_value(side.handle.maximum_length, DEFAULT_MAXIMUM_LENGTH)
        self._limit.editor.set_value(side.maximum_associations)
        self._silent.editor.set_value(side.maximum_silent_connections)
        self._contexts.editor.set_contexts(side.handle.contexts)
        self._decision.editor.set_value(_decision_of(side))
        self._unanswered.editor.set_value(side.answering.default_answer)
        self._patience.show_value(side.answering.default_seconds, DEFAULT_SECONDS)
        self._rejection.set_value(side.rules.reject_all or _FIRST_REJECTION)
        self._show_parts(side, side.handle, side.rules, side.answering)
        self._timers.set_timers(side.timers)
        self._show_decision()
        self._filling = False
        self._checking.start()

    def _defaulted(self, side: AcceptorSide) -> AcceptorSide:
        return replace(side, handle=AcceptorHandle(), rules=AcceptanceRules())

    def _emptied(self, side: AcceptorSide) -> AcceptorSide:
        return replace(side, handle=AcceptorHandle(ae_title=side.handle.ae_title, **NOTHING), rules=AcceptanceRules())

    def _check_draft(self) -> tuple[Problem, ...]:
        from parley.model.problems.validation import check_acceptor

        return check_acceptor(self.side())

    def _after_check(self) -> None:
        self._storage.show_contexts(self._contexts.editor.contexts())
        errors = [sentence(problem) for problem in self._problems if problem.severity is Severity.ERROR]
        self.listen_action.setText("Listen &anyway" if errors else "&Listen")
        self.listen_action.setIcon(icons.icon("warning" if errors else "listen"))
        set_tip(self.listen_action, "\n".join(["Listen although:", *errors]) if errors else self._listen_tip)
        if self._listening is not None:
            self._say_listening()

    def _show_decision(self) -> None:
        """The codes of a rejection matter only when everything is rejected, the rules only when not."""
        decision = self._decision.editor.value()
        self._rejection.setVisible(decision == REJECT)
        self._hold.setVisible(decision == ASK)
        self._rules.setVisible(decision != REJECT)

    @Slot()
    def _add_storage_classes(self) -> None:
        from parley.model.storage_contexts import storage_beyond

        editor = self._contexts.editor
        editor.insert(storage_beyond(editor.contexts()), len(editor.contexts()))
        self.check()

    # --- wishes ------------------------------------------------------------------------------------------------------

    @Slot()
    def _listen(self) -> None:
        said_anyway = self.has_errors()
        self.check()
        if said_anyway or not self.has_errors():
            self._waiting = self.side()
            self.verdict.fall_silent()
            self.listen_requested.emit(self._waiting)

    @Slot()
    def _change(self) -> None:
        self.check()
        self.change_requested.emit(self.side())

    # --- what happens ------------------------------------------------------------------------------------------------

    @Slot(object)
    def show_opened(self, opened: OpenedProfile) -> None:
        """Show all that the profile of the draft has, as of now: it was opened, or opened again."""
        self._waiting, self._shows_refusal = opened.served, False
        self.show_listening(opened.listener.address if opened.listener is not None else None)
        if opened.listener is not None:
            self._say_listening()
        elif opened.listen_trouble:
            self.show_listen_failed(opened.listen_trouble)

    @Slot(object)
    def show_listening(self, address: str | None) -> None:
        """Show where this side listens; None when it does not."""
        self._listening = address
        self._served = self._waiting if address is not None else None
        self.state_line.show_state(address is not None, f"Listening on {address}" if address else "Not listening")
        self.listen_action.setEnabled(address is None)
        self.stop_action.setEnabled(address is not None)
        self.change_action.setEnabled(False)
        self.verdict.fall_silent()

    def show_waiting(self, headline: str, text: str) -> None:
        """Before listening, or before answering otherwise: say what it waits for."""
        if headline:
            self.verdict.say(style.Tone.NOTE, headline, text)
        else:
            self.verdict.fall_silent()
        listens = self._listening is not None
        self.listen_action.setEnabled(not headline and not listens)
        self.stop_action.setEnabled(bool(headline) or listens)

    @Slot(str)
    def show_listen_failed(self, text: str) -> None:
        """Say why listening did not work."""
        self._shows_refusal = False
        self.verdict.say(style.Tone.ERROR, "Cannot listen:", text)

    @Slot(object)
    def show_changed(self, side: AcceptorSide) -> None:
        """The open listener answers by this side now."""
        if self._served is not None:
            self._served = _answering_like(self._served, side)
            self._say_listening()

    @Slot(str)
    def show_refused(self, text: str) -> None:
        """Say why an answer, or a change, was not taken."""
        self._shows_refusal = True
        self.verdict.say(style.Tone.ERROR, "Not done:", text)

    @Slot()
    def forget_refusal(self) -> None:
        """Another wish was taken since: what was wrong with the one before is of no use any more."""
        if self._shows_refusal:
            self._say_listening()

    def _say_listening(self) -> None:
        """Whoever edits while listening should know what the open listener still answers by."""
        self._shows_refusal = False
        served, side = self._served, self.side()
        can_apply = served is not None and _answering_like(served, side) != served
        self.change_action.setEnabled(can_apply)
        if can_apply:
            self.verdict.say(style.Tone.NOTE, "Edited since Listen.", "Apply answers by this from the next request on.")
        elif served is not None and side != served:
            self.verdict.say(style.Tone.NOTE, "Edited since Listen.", "Stop and listen again to use this.")
        else:
            self.verdict.fall_silent()


def _answering_like(served: AcceptorSide, side: AcceptorSide) -> AcceptorSide:
    """The side, but for what an open listener cannot change any more."""
    return replace(side, host=served.host, port=served.port, tls=served.tls, transport=served.transport)


def _decision_of(side: AcceptorSide) -> str:
    if side.rules.reject_all is not None:
        return REJECT
    return ASK if side.answering.mode is DecisionMode.ASK else BY_RULES
