"""The window's gate: names are looked up on a thread, and what cannot be written counts all the same."""

from __future__ import annotations

import pytest

from parley.bridge.consent import ConsentGate
from parley.bridge.profiles.book import ProfileBook
from parley.model.consent import LASTS_SECONDS, Party, Ruling, Way
from parley.model.files.consent_file import read_consents
from parley.model.files.store import ProfileStore
from parley.model.profile import Profile, RequestorSide

NAMES = {"pacs.example": frozenset({"192.0.2.7"}), "here.example": frozenset({"127.0.1.1"})}
PACS, NUMBER = Party(Way.CALLS, "pacs.example", 104, "PACS"), Party(Way.CALLS, "192.0.2.7", 104, "PACS")


class Bench:
    """A gate, a clock to turn, and what was looked up."""

    def __init__(self, folder, qtbot) -> None:
        self.qtbot = qtbot
        self.store = ProfileStore(folder / "profiles")
        self.book = ProfileBook(self.store)
        self.path = folder / "consents.jsonl"
        self.now = 2e9
        self.looked_up: list[str] = []
        self.gate = ConsentGate(self.book, path=self.path, clock=lambda: self.now, look_up=self._look_up)

    def _look_up(self, names):
        names = list(names)
        self.looked_up += names
        return {name: NAMES.get(name, frozenset()) for name in names}

    def rule(self, *parties: Party, callers=()) -> Ruling:
        """The ruling, however long it takes."""
        rulings: list[Ruling] = []
        self.gate.look(parties, rulings.append, callers)
        self.qtbot.waitUntil(lambda: bool(rulings))
        return rulings[0]

    def exempt(self, host: str) -> None:
        self.store.create(Profile("Live", RequestorSide(host, do_not_test="in use")))
        self.book.refresh()
        self.qtbot.waitUntil(lambda: self.book.has_whole_list and not self.book.is_listing)


@pytest.fixture
def bench(tmp_path, qtbot):
    return Bench(tmp_path, qtbot)


def test_what_is_said_in_numbers_is_ruled_on_at_once(bench):
    rulings = []
    assert bench.gate.look([NUMBER], rulings.append) is None
    assert rulings == [Ruling(to_ask=(NUMBER,))]
    assert bench.looked_up == []


def test_consent_counts_for_the_name_and_for_the_address_it_had(bench):
    (asked,) = bench.rule(PACS).to_ask
    bench.gate.give([asked])
    assert bench.rule(PACS).passes
    assert bench.rule(NUMBER).passes
    assert not bench.rule(Party(Way.CALLS, "192.0.2.8", 104, "PACS")).passes
    (consent,) = read_consents(bench.path)
    assert consent.party.addresses == NAMES["pacs.example"]


def test_consent_to_an_address_counts_for_a_name_of_it(bench):
    bench.gate.give([NUMBER])
    assert bench.rule(PACS).passes


def test_it_expires(bench):
    bench.gate.give([NUMBER])
    bench.now += LASTS_SECONDS - 1
    assert bench.rule(NUMBER).passes
    bench.now += 1
    assert not bench.rule(NUMBER).passes


def test_a_name_of_this_machine_needs_none(bench):
    assert bench.rule(Party(Way.CALLS, "here.example", 104, "A")).passes


def test_a_name_that_has_no_address_is_asked_about(bench):
    assert bench.rule(Party(Way.CALLS, "nowhere.example", 104, "A")).to_ask


def test_what_cannot_be_written_counts_while_the_window_is_open(bench):
    bench.path.mkdir()
    bench.gate.give([NUMBER])
    assert bench.rule(NUMBER).passes
    bench.now += LASTS_SECONDS
    assert not bench.rule(NUMBER).passes


def test_an_exempt_name_is_looked_up_for_an_address_that_is_typed(bench):
    bench.exempt("pacs.example")
    bench.gate.give([NUMBER])
    (exempt,) = bench.rule(NUMBER).forbidden
    assert exempt.profile == "Live"
    assert bench.rule(Party(Way.CALLS, "192.0.2.8", 104, "A")).forbidden == ()


def test_callers_are_spared_by_the_address_of_an_exempt_name(bench):
    bench.exempt("pacs.example")
    bench.qtbot.waitUntil(lambda: bool(bench.gate.why_spared("192.0.2.7")))
    assert 'The profile "Live" says' in bench.gate.why_spared("192.0.2.7")
    assert bench.gate.why_spared("192.0.2.8") == ""
    assert bench.gate.why_spared("127.0.0.1") == ""


def test_who_gave_up_waiting_is_told_nothing(bench):
    rulings = []
    give_up = bench.gate.look([PACS], rulings.append)
    give_up()
    bench.rule(PACS)
    assert rulings == []
