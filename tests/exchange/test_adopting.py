"""What was read from a file lands in the store, or it is told why not."""

import pytest

from parley.exchange.adopting import Landed, adopt
from parley.exchange.results import Arrival, Imported, Problem
from parley.model.files.store import ProfileStore
from parley.model.files.writer import new_text
from parley.model.handle import AcceptanceRules, KnownUser
from parley.model.profile import AcceptorSide, Profile
from parley.model.secret import Secret

FOUND = Imported((Arrival(Profile("A")), Arrival(Profile("a"), "CT")), (Problem("it is odd", 3),))


def test_each_lands_in_the_folder_it_came_with_below_the_one_that_was_asked_for(tmp_path):
    store = ProfileStore(tmp_path)
    problem, first, second = adopt(store, FOUND, "Site")
    assert str(problem) == "line 3: it is odd"
    assert (first.key, second.key) == ("Site/A.toml", "Site/CT/a.toml")
    assert store.load(second.key) == second.profile == Profile("a")


def test_a_name_that_was_taken_is_told(tmp_path):
    store = ProfileStore(tmp_path)
    store.create(Profile("A"))
    first, second = adopt(store, Imported((Arrival(Profile("A")), Arrival(Profile("B")))))
    assert first == Landed("A 2.toml", Profile("A 2"), "A")
    assert str(first) == "A 2  (A 2.toml), as there is a A already"
    assert str(second) == "B  (B.toml)"


def test_what_cannot_be_written_is_a_problem_and_the_rest_goes_on(tmp_path):
    (tmp_path / "CT").write_text("no folder")
    problem, first, second = adopt(ProfileStore(tmp_path), FOUND)
    assert (first.key, str(problem)) == ("A.toml", "line 3: it is odd")
    assert isinstance(second, Problem)
    assert second.reason.startswith("CT/a.toml was not saved: ")
    assert not second.reason.endswith(".")


OWN = "CT 1, SCU passcode [0123456789ab]"


@pytest.mark.parametrize("with_text", [True, False])
def test_a_profile_of_somebody_else_does_not_choose_among_this_machines_secrets(tmp_path, with_text):
    users = (KnownUser("a", Secret(reference="the admin's password")), KnownUser("b", Secret(reference=OWN)))
    profile = Profile("CT", scp=AcceptorSide(rules=AcceptanceRules(users=users)))
    text = f"# by a stranger\n{new_text(profile)}" if with_text else ""
    problem, landed = adopt(ProfileStore(tmp_path), Imported((Arrival(profile, "", text),)))
    assert str(problem) == (
        "CT: secrets are not taken along; type anew: SCP passcode of user 1, SCP passcode of user 2"
    )
    assert [user.passcode for user in landed.profile.scp.rules.users] == [Secret(), Secret()]
    written = (tmp_path / landed.key).read_text("utf-8")
    assert "admin" not in written
    assert OWN not in written
    assert ("by a stranger" in written) == with_text
