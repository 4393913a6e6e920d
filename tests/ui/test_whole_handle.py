"""Every field of a handle through both panels: nothing is lost, and problems lead to their field."""

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import get_args, get_type_hints

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTableView,
    QToolButton,
    QWidget,
)

from parley.bridge.answers.held import HeldModel
from parley.bridge.association_model import AssociationModel
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    AsynchronousOperations,
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    ForcedAnswer,
    IdentityCheck,
    KnownUser,
    ProposedContext,
    RawSubItem,
    RequestorHandle,
    RolePolicy,
    RoleProposal,
    UserIdentity,
)
from parley.model.profile import AcceptorSide, RequestorSide
from parley.model.secret import Secret
from parley.model.tls import ClientCertificate, Tls, TlsProfile, TlsVersion
from parley.model.transport import AcceptorTransport, IpVersion, RequestorTransport
from parley.ui.contexts.row import Column
from parley.ui.kit.fold import FoldedSection
from parley.ui.sides.scp_panel import ScpPanel
from parley.ui.sides.scu_panel import ScuPanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
CT, FIND = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.2.2.1"
CUSTOM_TLS = Tls(
    TlsProfile.CUSTOM,
    TlsVersion.TLS_1_0,
    TlsVersion.TLS_1_2,
    "ALL:@SECLEVEL=0",
    "ca.pem",
    "own.pem",
    "own.key",
    Secret.of("phrase", "key store name"),
    "",
    alpn=False,
    verify=False,
    client_certificate=ClientCertificate.REQUIRED,
)

REQUESTS = {
    "default": RequestorHandle(),
    "empty": RequestorHandle("", "", (), None, None, None, "", 0),
    "items": RequestorHandle(
        asynchronous_operations=AsynchronousOperations(0, 65535),
        roles=(RoleProposal(CT, 1, 1), RoleProposal("", 0, 9)),
        extended_negotiation=(ExtendedNegotiation(FIND, b"\1\0\1"), ExtendedNegotiation("1.2", b"")),
        common_extended_negotiation=(
            CommonExtendedNegotiation(CT, "1.2.840.10008.4.2", ("1.2.3", CT)),
            CommonExtendedNegotiation(""),
        ),
        raw_sub_items=(RawSubItem(0x5A, b"\1\2"), RawSubItem(0)),
    ),
    "passcode": RequestorHandle(user_identity=UserIdentity(2, Secret.of("alice"), Secret.of("pw", "ref"), 1)),
    "ticket": RequestorHandle(user_identity=UserIdentity(3, Secret(b"\x60\xff\0"), response_requested=7)),
    "reserved type": RequestorHandle(user_identity=UserIdentity(9, Secret(reference="only"), Secret(b"\n"))),
    "reserved bytes": RequestorHandle(
        contexts=(ProposedContext(CT, reserved_6_8=b"\1\2\3"),),
        reserved_9_10=b"\1\2",
        reserved_43_74=bytes(range(32)),
    ),
}
ANSWERS = {
    "default": (AcceptorHandle(), AcceptanceRules()),
    "forced": (
        AcceptorHandle(
            forced_answers=(
                ForcedAnswer(CT, 7, ("1.2", "1.3")),
                ForcedAnswer("", None, (), 2),
                ForcedAnswer(context_id=0),
            ),
            asynchronous_operations=AsynchronousOperations(),
            roles=(RoleProposal(CT, 0, 1),),
            extended_negotiation=(ExtendedNegotiation(CT, b"\2"),),
            raw_sub_items=(RawSubItem(0x59, b"\0\0"),),
            identity_response=Secret(),
        ),
        AcceptanceRules(role_policy=RolePolicy.AS_PROPOSED),
    ),
    "lists": (
        AcceptorHandle(called_ae_title="", calling_ae_title="ODD", reserved_43_74=bytes(32), reserved_9_10=b"\0\1"),
        AcceptanceRules(
            check_called=True,
            called_ae_titles=("PACS*", "?"),
            calling_ae_titles=("CT 1",),
            peer_addresses=("192.0.2.0/24", "::1"),
            check_application_context=False,
            role_policy=RolePolicy.DISABLED,
            identity=IdentityCheck.REQUIRE,
            users=(KnownUser("alice", Secret.of("pw")), KnownUser("bob"), KnownUser("", Secret(reference="r"))),
        ),
    ),
}


def shown(qtbot, panel):
    qtbot.addWidget(panel)
    panel.resize(560, 760)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel


@pytest.fixture
def scu(qtbot):
    return shown(qtbot, ScuPanel())


@pytest.fixture
def scp(qtbot, qapp):
    associations = AssociationModel()
    panel = shown(qtbot, ScpPanel(associations, HeldModel()))
    panel.live_model = associations
    return panel


def unfold_all(panel):
    for section in panel.findChildren(FoldedSection):
        section.unfold()


def button(panel, name):
    return panel.findChild(QToolButton, name)


def click(qtbot, panel, name):
    qtbot.mouseClick(button(panel, name), Qt.MouseButton.LeftButton)


def switch_on(panel, name):
    panel.findChild(QAbstractButton, f"{name}.on").click()


def choose(qtbot, panel, name, words):
    """As a person does with the keyboard."""
    box = panel.findChild(QComboBox, name)
    row = next(row for row in range(box.count()) if words in box.itemText(row))
    box.setFocus()
    while box.currentIndex() != row:
        qtbot.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < row else Qt.Key.Key_Up)


def type_into(qtbot, panel, name, text):
    edit = panel.findChild(QLineEdit, name)
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)


# --- nothing is lost -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unfolded", [False, True])
@pytest.mark.parametrize("tls", [None, Tls(), CUSTOM_TLS], ids=["plain", "tls", "custom"])
@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_comes_back_as_it_went_in(qtbot, scu, name, tls, unfolded):
    side = replace(RequestorSide(), handle=REQUESTS[name], tls=tls)
    if unfolded:
        unfold_all(scu)
    with qtbot.assertNotEmitted(scu.changed):
        scu.set_side(side)
        assert scu.side() == side
        scu.set_side(RequestorSide())
    assert scu.side() == RequestorSide()


@pytest.mark.parametrize("unfolded", [False, True])
def test_wishes_of_tcp_come_back_as_they_went_in(qtbot, scu, scp, unfolded):
    wishes = {
        "ip_version": IpVersion.IPV6,
        "no_delay": False,
        "quick_ack": False,
        "send_buffer": 0,
        "receive_buffer": 1 << 40,
    }
    calls = RequestorTransport(**wishes, local_host=" ::1 ", local_port=104)
    for panel, transport in ((scu, calls), (scp, AcceptorTransport(**wishes, backlog=0))):
        if unfolded:
            unfold_all(panel)
        side = panel.side()
        with qtbot.assertNotEmitted(panel.changed):
            panel.set_side(replace(side, transport=transport))
            assert panel.side().transport == transport
            panel.set_side(side)
        assert panel.side() == side


@pytest.mark.parametrize("unfolded", [False, True])
@pytest.mark.parametrize("tls", [None, Tls(), CUSTOM_TLS], ids=["plain", "tls", "custom"])
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_comes_back_as_it_went_in(qtbot, scp, name, tls, unfolded):
    handle, rules = ANSWERS[name]
    side = replace(AcceptorSide(), handle=handle, rules=rules, tls=tls)
    if unfolded:
        unfold_all(scp)
    with qtbot.assertNotEmitted(scp.changed):
        scp.set_side(side)
        assert scp.side() == side
        scp.set_side(AcceptorSide())
    assert scp.side() == AcceptorSide()


def test_unfolding_after_a_draft_was_shown_loses_nothing(scu, scp):
    side = replace(RequestorSide(), handle=REQUESTS["items"])
    scu.set_side(side)
    handle, rules = ANSWERS["lists"]
    answer = replace(AcceptorSide(), handle=handle, rules=rules)
    scp.set_side(answer)
    for panel in (scu, scp):
        unfold_all(panel)
    assert (scu.side(), scp.side()) == (side, answer)


def test_folded_sections_make_no_editors(scu, scp):
    for panel in (scu, scp):
        sections = panel.findChildren(FoldedSection)
        assert len(sections) >= 4
        assert not any(section.is_built() for section in sections)


def test_a_folded_section_sums_up_what_it_holds(scu):
    scu.set_side(replace(RequestorSide(), handle=REQUESTS["items"]))
    tips = [label.toolTip() for label in scu.findChildren(QWidget) if label.metaObject().className() == "ElidedLabel"]
    assert "operations any/65535 · 2 roles · 2 extended · 2 common extended · 2 raw sub-items" in tips


def test_a_passcode_is_in_no_summary(scu, scp):
    handle, rules = ANSWERS["lists"]
    scu.set_side(
        replace(
            RequestorSide(), handle=RequestorHandle(user_identity=UserIdentity(2, Secret.of("al"), Secret.of("qqqq")))
        )
    )
    scp.set_side(
        replace(AcceptorSide(), handle=handle, rules=replace(rules, users=(KnownUser("a", Secret.of("qqqq")),)))
    )
    for panel in (scu, scp):
        texts = [str(w.property("text")) + w.toolTip() + w.accessibleDescription() for w in panel.findChildren(QWidget)]
        assert not any("qqqq" in text for text in texts)


# --- every field has an editor ---------------------------------------------------------------------------------------

OTHER_NAMES = {
    "identity_type": "type",
    "reject_all": "reject",
}
"""Of editors that are not called like their field."""

NOT_OF_THIS_SIDE = {
    ("scu", "client_certificate"): "an acceptor asks its callers",
    ("scp", "verify"): "an acceptor always verifies what it asks for",
}


def nested(kind):
    """The dataclass inside a field's type: ``tuple[RawSubItem, ...]`` and ``Tls | None`` have one."""
    found = [inner for inner in (kind, *get_args(kind)) if is_dataclass(inner)]
    return found[0] if found else None


def columns_of(panel, name):
    """What the table of that name edits of its items."""
    table = panel.findChild(QTableView, name)
    if table is None:
        return None
    return {getattr(column, "attribute", None) or COLUMNS.get(column) for column in table.model().columns}


COLUMNS = {
    Column.NUMBER: "context_id",
    Column.ABSTRACT_SYNTAX: "abstract_syntax",
    Column.TRANSFER_SYNTAXES: "transfer_syntaxes",
    Column.RESERVED: "reserved_6_8",
}


def without_editor(panel, side, kind, prefix):
    """The fields of a dataclass that the panel has no widget and no column for."""
    names = {widget.objectName() for widget in panel.findChildren(QWidget)}
    hints = get_type_hints(kind)
    for field in fields(kind):
        if (side, field.name) in NOT_OF_THIS_SIDE:
            continue
        name = f"{prefix}.{OTHER_NAMES.get(field.name, field.name)}"
        inner = nested(hints[field.name])
        columns = columns_of(panel, name)
        if not any(each == name or each.startswith(f"{name}.") for each in names):
            yield name
        elif columns is not None and inner is not None:
            yield from (f"{name}[].{each.name}" for each in fields(inner) if each.name not in columns)
        elif inner in {Tls, UserIdentity, AsynchronousOperations}:
            yield from without_editor(panel, side, inner, name)


@pytest.mark.parametrize(
    ("side", "kind", "prefix"),
    [
        ("scu", RequestorHandle, "scu"),
        ("scu", Tls, "scu.tls"),
        ("scu", RequestorTransport, "scu.transport"),
        ("scp", AcceptorHandle, "scp"),
        ("scp", AcceptanceRules, "scp"),
        ("scp", Tls, "scp.tls"),
        ("scp", AcceptorTransport, "scp.transport"),
    ],
)
def test_every_field_has_an_editor(request, side, kind, prefix):
    panel = request.getfixturevalue(side)
    unfold_all(panel)
    assert list(without_editor(panel, side, kind, prefix)) == []


@dataclass(frozen=True)
class Longer(RawSubItem):
    """What a field looks like that somebody forgot."""

    forgotten: int = 0


@dataclass(frozen=True)
class LongerHandle(RequestorHandle):
    raw_sub_items: tuple[Longer, ...] = ()
    forgotten: bool = False


def test_a_field_without_an_editor_is_found(scu):
    unfold_all(scu)
    assert list(without_editor(scu, "scu", LongerHandle, "scu")) == ["scu.raw_sub_items[].forgotten", "scu.forgotten"]


# --- edits -----------------------------------------------------------------------------------------------------------


def test_an_operations_window_is_switched_on_and_typed(qtbot, scu):
    click(qtbot, scu, "scu.negotiation")
    switch_on(scu, "scu.asynchronous_operations")
    type_into(qtbot, scu, "scu.asynchronous_operations.invoked", "5")
    assert scu.side().handle.asynchronous_operations == AsynchronousOperations(5, 1)
    switch_on(scu, "scu.asynchronous_operations")
    assert scu.side().handle.asynchronous_operations is None


def test_an_identity_is_typed_and_its_passcode_masked(qtbot, scu):
    click(qtbot, scu, "scu.user_identity")
    switch_on(scu, "scu.user_identity")
    choose(qtbot, scu, "scu.user_identity.type", "passcode")
    type_into(qtbot, scu, "scu.user_identity.primary.text", "alice")
    type_into(qtbot, scu, "scu.user_identity.secondary.text", "secret")
    choose(qtbot, scu, "scu.user_identity.response_requested", "yes")
    assert scu.side().handle.user_identity == UserIdentity(2, Secret.of("alice"), Secret.of("secret"), 1)
    modes = [scu.findChild(QLineEdit, f"scu.user_identity.{part}.text").echoMode() for part in ("primary", "secondary")]
    assert modes == [QLineEdit.EchoMode.Normal, QLineEdit.EchoMode.Password]
    choose(qtbot, scu, "scu.user_identity.type", "web token")
    primary = scu.findChild(QLineEdit, "scu.user_identity.primary.text")
    assert (primary.echoMode(), primary.accessibleName()) == (QLineEdit.EchoMode.Password, "JSON web token")


def test_reserved_bytes_are_typed(qtbot, scu):
    click(qtbot, scu, "scu.implementation")
    type_into(qtbot, scu, "scu.reserved_9_10", "0x0102")
    assert scu.side().handle.reserved_9_10 == b"\1\2"


def test_rules_with_wildcards_and_addresses_are_typed(qtbot, scp):
    click(qtbot, scp, "scp.rules")
    for name, text in (("called_ae_titles", "PACS*\r"), ("peer_addresses", "192.0.2.0/24\r")):
        qtbot.keyClicks(scp.findChild(QPlainTextEdit, f"scp.{name}"), text)
    rules = scp.side().rules
    assert (rules.called_ae_titles, rules.peer_addresses) == (("PACS*",), ("192.0.2.0/24",))


def test_what_an_answer_says_about_roles_and_users_is_chosen(qtbot, scp):
    click(qtbot, scp, "scp.negotiation")
    choose(qtbot, scp, "scp.role_policy", "supported")
    click(qtbot, scp, "scp.user_identity")
    choose(qtbot, scp, "scp.identity", "Required")
    switch_on(scp, "scp.identity_response")
    side = scp.side()
    assert (side.rules.role_policy, side.rules.identity) == (RolePolicy.ENABLED, IdentityCheck.REQUIRE)
    assert side.handle.identity_response == Secret()


# --- default and reset -----------------------------------------------------------------------------------------------


def test_default_brings_every_field_of_the_handle_back_and_tells(qtbot, scu):
    scu.set_side(replace(RequestorSide(), host="pacs", handle=REQUESTS["items"]))
    with qtbot.waitSignal(scu.changed):
        click(qtbot, scu, "scu.default")
    assert scu.side() == replace(RequestorSide(), host="pacs")


def test_reset_leaves_out_everything_that_can_be_left_out(qtbot, scu):
    scu.set_side(replace(RequestorSide(), handle=replace(REQUESTS["items"], called_ae_title="PACS")))
    click(qtbot, scu, "scu.reset")
    bare = RequestorHandle(
        called_ae_title="PACS",
        contexts=(),
        maximum_length=None,
        implementation_class_uid=None,
        implementation_version_name=None,
    )
    assert scu.side().handle == bare


def test_default_and_reset_of_an_acceptor(qtbot, scp):
    handle, rules = ANSWERS["lists"]
    scp.set_side(replace(AcceptorSide(), port=104, handle=replace(handle, ae_title="ME"), rules=rules))
    click(qtbot, scp, "scp.reset")
    assert scp.side().handle.ae_title == "ME"
    assert (scp.side().handle.contexts, scp.side().handle.maximum_length) == ((), None)
    click(qtbot, scp, "scp.default")
    assert scp.side() == replace(AcceptorSide(), port=104)


# --- problems --------------------------------------------------------------------------------------------------------


def test_problems_are_counted_listed_and_lead_to_their_field(qtbot, scu):
    scu.check()
    assert not button(scu, "scu.problems").isVisible()
    scu.set_side(replace(RequestorSide(), port=99999, handle=RequestorHandle(roles=(RoleProposal("no uid", 1, 1),))))
    scu.check()
    line = button(scu, "scu.problems")
    assert line.text() == f"Problems ({len(scu.problems())})"
    menu = scu.findChild(QMenu, "scu.problems.list")
    menu.popup(line.mapToGlobal(line.rect().bottomLeft()))
    entries = menu.actions()
    assert len(entries) == len(scu.problems())
    wanted = next(entry for entry in entries if "99999" in entry.text())
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(wanted).center())
    assert scu.focusWidget().objectName() == "scu.port"


@pytest.mark.parametrize(
    ("path", "focus"),
    [
        ("host", "scu.host"),
        ("contexts[0].transfer_syntaxes", "scu.contexts"),
        ("roles[1].scu", "scu.roles"),
        ("asynchronous_operations.invoked", "scu.asynchronous_operations.invoked"),
        ("user_identity.primary", "scu.user_identity.type"),
        ("implementation_class_uid", "scu.implementation_class_uid"),
        ("timers.artim", "scu.timers.artim"),
        ("transport.local_port", "scu.transport.ip_version"),
    ],
)
def test_every_kind_of_path_leads_to_a_field_and_unfolds_its_section(scu, path, focus):
    handle = replace(REQUESTS["items"], user_identity=UserIdentity())
    scu.set_side(replace(RequestorSide(), handle=handle))
    scu.show_field(path)
    assert scu.focusWidget().objectName() == focus
    assert scu.focusWidget().visibleRegion().boundingRect().height() > 5


def test_a_wrong_row_is_marked_and_said_beneath_the_table(scu):
    scu.set_side(replace(RequestorSide(), handle=RequestorHandle(roles=(RoleProposal("no uid", 1, 1),))))
    unfold_all(scu)
    scu.check()
    table = scu.findChild(QWidget, "scu.roles")
    assert table.model().index(0, 0).data(Qt.ItemDataRole.DecorationRole) is not None
    assert scu.findChild(QWidget, "scu.roles.problem").isVisible()


def test_a_server_that_is_not_verified_is_warned_of_beside_the_tls_fields(qtbot, scu):
    scu.set_side(replace(RequestorSide(), tls=Tls()))
    click(qtbot, scu, "scu.tls")
    scu.findChild(QAbstractButton, "scu.tls.verify").click()
    qtbot.waitUntil(lambda: bool(scu.problems()))
    assert "Anybody can answer" in scu.findChild(QWidget, "scu.tls.problem").text()
    assert not scu.has_errors()


def test_bytes_that_cannot_be_read_are_an_error_beside_their_field(qtbot, scu):
    click(qtbot, scu, "scu.implementation")
    type_into(qtbot, scu, "scu.reserved_9_10", "zz")
    scu.check()
    assert scu.has_errors()
    assert "These are not bytes" in scu.findChild(QWidget, "scu.reserved_9_10.problem").text()


@pytest.mark.parametrize("kind", [QToolButton, QComboBox, QLineEdit, QPlainTextEdit])
def test_everything_that_can_be_used_has_a_name_and_a_tip(scu, scp, kind):
    for panel, handle in ((scu, REQUESTS["items"]), (scp, ANSWERS["forced"][0])):
        panel.set_side(replace(panel.side(), handle=handle))
        unfold_all(panel)
        found = [widget for widget in panel.findChildren(kind) if widget.isVisible()]
        nameless = [w for w in found if not (w.objectName() and w.accessibleName() and w.toolTip())]
        assert nameless == []
