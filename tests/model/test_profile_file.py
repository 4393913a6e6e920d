"""The text of profile files: what is written, what survives, what is refused."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given

from parley.model.answering import Answering, AnswerRule, DecisionMode
from parley.model.files.reader import ProfileFileError, read_profile
from parley.model.files.secrets import with_secrets, without_secrets
from parley.model.files.writer import changed_text, new_text
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    AsynchronousOperations,
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    ForcedAnswer,
    IdentityCheck,
    KnownUser,
    NoContext,
    ProposedContext,
    RawSubItem,
    Rejection,
    RequestorHandle,
    RolePolicy,
    RoleProposal,
    SupportedContext,
    TransferSyntaxChoice,
    UserIdentity,
)
from parley.model.problems.validation import check_acceptor
from parley.model.profile import LOOPBACK, AcceptorSide, Profile, RequestorSide, Timers
from parley.model.responses import ResponseRule
from parley.model.secret import Secret
from parley.model.tls import Tls
from tests.model.strategies import patient, profiles

CT = "1.2.840.10008.5.1.4.1.1.2"
MR = "1.2.840.10008.5.1.4.1.1.4"
IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"

BY_HAND = f"""\
# PACS of site A
schema = 1
name   = "PACS"   # as on the label
ticket = 4711 # not ours

# whom we call
[scu]
host = "10.1.2.3" # by phone
port = 104
colour = "red"

# for the CT
[[scu.contexts]] # first
abstract_syntax = "{CT}" # scanner
transfer_syntaxes = [
  # preferred
  "{IMPLICIT}", # default
  "{EXPLICIT}",
]
weight = 1

# for the MR
[[scu.contexts]]
abstract_syntax = "{MR}"
transfer_syntaxes = ["{IMPLICIT}"]
weight = 2

# patience
[scu.timers]
connect = 2.5
idle = false

[scp]
port = 11113 # free one
"""
READ = read_profile(BY_HAND, "")


def comments(text: str) -> list[str]:
    """What stands behind the last # of each line: a value may have one too."""
    return [line.rpartition("#")[2].strip() for line in text.splitlines() if "#" in line]


def changed(**changes: object) -> str:
    """The file by hand after a change to its requestor's handle."""
    profile = replace(READ, scu=replace(READ.scu, handle=replace(READ.scu.handle, **changes)))
    text = changed_text(profile, BY_HAND)
    assert read_profile(text, "") == profile
    return text


# --- reading and writing ---------------------------------------------------------------------------------------------


@patient
@given(profiles)
def test_every_profile_comes_back_from_a_new_file(profile: Profile) -> None:
    assert read_profile(new_text(profile), "") == without_secrets(profile)


@patient
@given(profiles)
def test_every_profile_comes_back_from_a_changed_file(profile: Profile) -> None:
    text = changed_text(profile, BY_HAND)
    assert read_profile(text, "") == without_secrets(profile)
    data = tomllib.loads(text)
    assert (data["ticket"], data["scu"]["colour"]) == (4711, "red")
    for comment in (
        "PACS of site A",
        "as on the label",
        "not ours",
        "whom we call",
        "by phone",
        "patience",
        "free one",
    ):
        # A name may have the sign of a comment in it.
        assert any(line.endswith(f"# {comment}") for line in text.splitlines())


@patient
@given(profiles, profiles)
def test_a_written_file_can_be_changed_into_any_other(first: Profile, second: Profile) -> None:
    assert read_profile(changed_text(second, new_text(first)), "") == without_secrets(second)


def test_a_new_file_reads_well() -> None:
    lines = new_text(LOOPBACK).splitlines()
    assert lines[0] == "# A connection profile of Parley."
    for line in (
        "schema = 1",
        'name = "Loopback"',
        "[scu]",
        "port = 11112",
        "maximum_length = 16384",
        "connect = 5",
        "idle = false",
        'abstract_syntax = "1.2.840.10008.1.1" # Verification SOP Class',
        '    "1.2.840.10008.1.2", # Implicit VR Little Endian',
        "reject_all = false",
        'choice = "first-proposed"',
    ):
        assert line in lines
    tables = [line for line in lines if line.startswith("[")]
    assert tables == [
        *("[scu]", "[scu.user_identity]", "[scu.tls]", "[scu.timers]", "[scu.transport]", "[[scu.contexts]]"),
        *("[scp]", "[scp.rules]", "[scp.tls]", "[scp.storage]", "[scp.answering]", "[scp.timers]", "[scp.transport]"),
        "[[scp.contexts]]",
    ]


def test_text_of_several_lines_is_written_over_several_lines() -> None:
    text = new_text(replace(LOOPBACK, comment='first\nsecond "quoted"\n'))
    assert 'comment = """first\nsecond "quoted"\n"""' in text


def test_a_context_says_only_what_is_not_usual() -> None:
    odd = ProposedContext(CT, (IMPLICIT,), 0, b"\0\xff\0")
    text = new_text(replace(LOOPBACK, scu=RequestorSide(handle=RequestorHandle(contexts=(odd,)))))
    assert "context_id = 0\n" in text
    assert 'reserved_6_8 = "00 FF 00"\n' in text
    assert not {"context_id", "reserved_6_8"} & set(new_text(LOOPBACK).split())


def test_off_and_zero_and_empty_are_three_things() -> None:
    handle = RequestorHandle(
        maximum_length=0, implementation_class_uid=None, implementation_version_name="", contexts=()
    )
    profile = Profile("x", RequestorSide(handle=handle, timers=Timers(connect=None)))
    text = new_text(profile)
    assert "maximum_length = 0\n" in text
    assert "implementation_class_uid = false\n" in text
    assert 'implementation_version_name = ""\n' in text
    assert "connect = false\n" in text
    assert "contexts = []\n" in text
    assert read_profile(text, "") == profile


def test_what_is_left_out_has_its_default() -> None:
    assert read_profile("schema = 1", "From its file") == Profile("From its file")
    text = f'schema = 1\n[scp.rules]\ncheck_called = true\n[[scp.contexts]]\nabstract_syntax = "{CT}"'
    profile = read_profile(text, "x")
    assert profile.scp.rules == AcceptanceRules(check_called=True)
    assert profile.scp.handle.contexts == (SupportedContext(CT),)


def test_rules_by_hand() -> None:
    text = """
schema = 1
[scp.rules]
reject_all = "2/3/2"
calling_ae_titles = ["A", "B"]
choice = "first-preferred"
no_context = "abort"
"""
    rules = AcceptanceRules(
        reject_all=Rejection(2, 3, 2),
        calling_ae_titles=("A", "B"),
        choice=TransferSyntaxChoice.FIRST_PREFERRED,
        no_context=NoContext.ABORT,
    )
    assert read_profile(text, "").scp.rules == rules


# --- the whole handle ------------------------------------------------------------------------------------------------

WORDS = ("open-sesame", "ticket", "letmein", "keyword")
WHOLE = Profile(
    "Whole",
    RequestorSide(
        handle=RequestorHandle(
            asynchronous_operations=AsynchronousOperations(5, 0),
            roles=(RoleProposal(CT, 0, 1),),
            extended_negotiation=(ExtendedNegotiation(CT, b"\2\0\xff"),),
            common_extended_negotiation=(CommonExtendedNegotiation("1.2.3", "1.2.840.10008.4.2", (CT,)),),
            user_identity=UserIdentity(2, Secret.of("Jürgen"), Secret.of("open-sesame", "Whole/passcode"), 1),
            raw_sub_items=(RawSubItem(0x5F, b"own"),),
            reserved_9_10=b"\1\2",
        ),
        tls=Tls(passphrase=Secret.of("keyword", "Whole/key"), server_name="", alpn=False),
    ),
    AcceptorSide(
        handle=AcceptorHandle(
            forced_answers=(ForcedAnswer(CT, None, context_id=3), ForcedAnswer("", 1, ("1.2", "1.3"))),
            identity_response=Secret.of("ticket", "Whole/ticket"),
            called_ae_title="",
        ),
        rules=AcceptanceRules(
            peer_addresses=("10.0.0.0/8",),
            role_policy=RolePolicy.AS_PROPOSED,
            identity=IdentityCheck.REQUIRE,
            users=(KnownUser("me", Secret.of("letmein", "Whole/me")), KnownUser("you")),
        ),
    ),
)


def test_the_whole_handle_is_written_for_people() -> None:
    lines = new_text(WHOLE).splitlines()
    for line in (
        'asynchronous_operations = "5/0"',
        'reserved_9_10 = "01 02"',
        "[[scu.roles]]",
        f'sop_class_uid = "{CT}" # CT Image Storage',
        'service_class_uid = "1.2.840.10008.4.2" # Storage Service Class',
        'information = "02 00 FF"',
        'user_name = "Jürgen"',
        'secondary_reference = "Whole/passcode"',
        'passphrase_reference = "Whole/key"',
        'profile = "bcp195"',
        "[[scp.forced_answers]]",
        "result = false",
        'called_ae_title = ""',
        "calling_ae_title = false",
        "[[scp.rules.users]]",
        'passcode_reference = "Whole/me"',
        "passcode_reference = false",
        'role_policy = "as-proposed"',
    ):
        assert line in lines
    assert lines.count("context_id = 3") == 1
    assert not any("context_id = false" in line for line in lines)


@pytest.mark.parametrize("text", [new_text(WHOLE), changed_text(WHOLE, BY_HAND)])
def test_a_file_holds_references_to_secrets_and_no_secret(text: str) -> None:
    assert not [word for word in WORDS if f'"{word}' in text or word.encode().hex() in text.replace(" ", "").lower()]
    read = read_profile(text, "")
    assert read == without_secrets(WHOLE)
    fetched = {secret.reference: secret for secret in SECRETS.values()}
    assert with_secrets(read, lambda _, secret: fetched[secret.reference]) == WHOLE


def places(profile: Profile) -> dict[str, Secret]:
    found: dict[str, Secret] = {}
    with_secrets(profile, found.setdefault)
    return found


SECRETS = places(WHOLE)


def test_every_secret_is_found_and_the_name_of_a_user_is_none() -> None:
    assert {place: secret.text for place, secret in SECRETS.items()} == {
        "scu.user_identity.secondary": "open-sesame",
        "scu.tls.passphrase": "keyword",
        "scp.identity_response": "ticket",
        "scp.rules.users[0].passcode": "letmein",
    }
    token = replace(WHOLE, scu=RequestorSide(handle=RequestorHandle(user_identity=UserIdentity(5, Secret(b"jwt")))))
    assert places(token)["scu.user_identity.primary"] == Secret(b"jwt")
    assert places(LOOPBACK) == {}


@pytest.mark.parametrize(("key", "switch"), [("tls", "profile"), ("user_identity", "identity_type")])
def test_a_table_is_switched_off_by_its_first_key_or_by_leaving_it_out(key: str, switch: str) -> None:
    def read(text: str) -> object:
        side = read_profile(f"schema = 1\n{text}", "").scu
        return side.tls if key == "tls" else side.handle.user_identity

    assert read("") is read(f"[scu.{key}]\n{switch} = false\n") is None
    assert read(f"[scu.{key}]") == {"tls": Tls(), "user_identity": UserIdentity()}[key]
    off = changed_text(LOOPBACK, f"schema = 1\n[scu.{key}] # kept\nextra = 1\n")
    assert f"[scu.{key}] # kept\nextra = 1\n{switch} = false\n" in off


def test_a_file_of_the_first_version_stays_as_it_is() -> None:
    assert READ.scu.handle == replace(RequestorHandle(), contexts=READ.scu.handle.contexts)
    assert changed_text(READ, BY_HAND) == BY_HAND


# --- what survives a change ------------------------------------------------------------------------------------------


def test_only_what_changes_is_changed() -> None:
    assert changed_text(READ, BY_HAND) == BY_HAND
    timers = replace(READ.scu.timers, connect=3.0, artim=7.0)
    text = changed_text(replace(READ, scu=replace(READ.scu, timers=timers)), BY_HAND)
    assert text == BY_HAND.replace("connect = 2.5\nidle = false\n", "connect = 3\nidle = false\nartim = 7\n")


def test_a_new_key_comes_before_the_comment_of_the_next_table() -> None:
    assert 'colour = "red"\nmaximum_length = 0\n\n# for the CT\n[[scu.contexts]]' in changed(maximum_length=0)


def test_a_changed_value_keeps_its_comment_and_place() -> None:
    profile = replace(READ, scu=replace(READ.scu, host="10.9.9.9"))
    assert 'host = "10.9.9.9" # by phone\nport = 104\ncolour = "red"\n' in changed_text(profile, BY_HAND)


def test_zero_instead_of_off_is_a_change() -> None:
    off = changed(maximum_length=None)
    zero = replace(READ, scu=replace(READ.scu, handle=replace(READ.scu.handle, maximum_length=0)))
    assert read_profile(changed_text(zero, off), "") == zero


def test_contexts_take_their_comments_and_keys_along() -> None:
    ct, mr = READ.scu.handle.contexts
    text = changed(contexts=(mr, ProposedContext("1.2.3", (IMPLICIT,)), ct))
    contexts = tomllib.loads(text)["scu"]["contexts"]
    assert [context.get("weight") for context in contexts] == [2, None, 1]
    assert {"first", "scanner", "preferred", "default", "patience", "by phone"} <= set(comments(text))
    assert text.index("# patience") > text.index("[[scu.contexts]] # first")
    assert text.index("# patience") < text.index("[scu.timers]")


def test_a_comment_above_a_context_stays_above_it() -> None:
    ct, mr = READ.scu.handle.contexts
    text = changed(contexts=(ProposedContext("1.2.3", (IMPLICIT,)), ct, mr))
    assert "# for the MR\n[[scu.contexts]]\nabstract_syntax" in text


def test_another_abstract_syntax_in_place_of_one_keeps_the_rest_but_not_a_wrong_name() -> None:
    text = new_text(replace(LOOPBACK, scu=RequestorSide(handle=RequestorHandle(contexts=(ProposedContext(CT),)))))
    unnamed = replace(LOOPBACK, scu=RequestorSide(handle=RequestorHandle(contexts=(ProposedContext("1.2.3"),))))
    assert f'abstract_syntax = "{CT}" # CT Image Storage\n' in text
    assert 'abstract_syntax = "1.2.3"\n' in changed_text(unnamed, text)
    assert "# Verification SOP Class" in changed_text(LOOPBACK, text)
    ct, mr = READ.scu.handle.contexts
    by_hand = changed(contexts=(replace(ct, abstract_syntax="1.2.3"), mr))
    assert 'abstract_syntax = "1.2.3" # scanner' in by_hand
    assert "weight = 1" in by_hand


def test_transfer_syntaxes_keep_their_comments() -> None:
    ct, mr = READ.scu.handle.contexts
    text = changed(contexts=(replace(ct, transfer_syntaxes=(EXPLICIT, IMPLICIT)), mr))
    assert f'[\n    # preferred\n    "{EXPLICIT}", # Explicit VR Little Endian\n    "{IMPLICIT}", # default\n]' in text


def test_removing_every_context_and_adding_one_again() -> None:
    text = changed(contexts=())
    assert "patience" in comments(text)
    assert read_profile(changed_text(READ, text), "") == READ


@pytest.mark.parametrize(
    "text",
    [
        'schema = 1\nscu = {host = "a"}\nscp = {port = 7}\n',
        'schema = 1\nscu = {timers = {connect = 1}, contexts = [{abstract_syntax = "1", odd = 1}]}\n',
        "schema = 1\n[scp]\nport = 1\n[scu.timers]\nidle = 1\n[scp.rules]\n[[scu.contexts]]\nabstract_syntax = '1'\n",
        "schema = 1\n[scu]\n[scp]\n[scu.timers]\nconnect = 3\n",
        "schema = 1\r\n[scu]\r\nport = 5 # five\r\n",
        "schema=1\nname='''x'''\n[scp]\n[scu]\n",
        "schema = 1",
    ],
)
@patient
@given(profile=profiles)
def test_other_ways_to_write_toml_can_be_changed_too(text: str, profile: Profile) -> None:
    assert read_profile(changed_text(profile, text), "") == without_secrets(profile)


ANSWERING = """\
schema = 1
[scp.answering] # who answers
mode = "ask"
patience = 5 # not ours

# at night
[[scp.answering.rules]]
when = "~hour 18..7 & ~callin CT" # a slip
answer = "rject"
colour = "red"

# by day
[[scp.answering.rules]]
when = ""
name = "day"
answer = 'accept as "Site A"'
is_on = false

# refuses
[[scp.responses]]
message = "C-FIND"
status = 0xA700 # out of resources
weight = 1
"""


def test_who_answers_is_read_even_where_it_makes_no_sense() -> None:
    scp = read_profile(ANSWERING, "").scp
    slip = AnswerRule("~hour 18..7 & ~callin CT", "rject")
    day = AnswerRule(answer='accept as "Site A"', name="day", is_on=False)
    assert scp.answering == Answering(DecisionMode.ASK, (slip, day))
    assert scp.responses == (ResponseRule("C-FIND", status=0xA700),)
    assert [problem.field for problem in check_acceptor(scp)][:2] == [
        "answering.rules[0].when",
        "answering.rules[0].answer",
    ]


def test_who_answers_can_be_changed_and_all_else_stays() -> None:
    profile = read_profile(ANSWERING, "")
    slip, day = profile.scp.answering.rules
    answering = replace(profile.scp.answering, rules=(replace(slip, answer="close"), AnswerRule("~tls"), day))
    after = replace(profile, scp=replace(profile.scp, answering=answering))
    text = changed_text(after, ANSWERING)
    assert read_profile(text, "") == after
    assert set(comments(text)) >= {"who answers", "not ours", "at night", "a slip", "by day", "refuses"}
    assert 'colour = "red"' in text
    assert "status = 0xA700 # out of resources" in text


def test_a_rule_that_moves_to_the_top_takes_its_comment_along() -> None:
    profile = read_profile(ANSWERING, "")
    answering = replace(profile.scp.answering, rules=profile.scp.answering.rules[::-1])
    after = replace(profile, scp=replace(profile.scp, answering=answering))
    text = changed_text(after, ANSWERING)
    assert read_profile(text, "") == after
    assert '[[scp.answering.rules]]\n# by day\nwhen = ""\nname = "day"' in text
    assert set(comments(text)) >= set(comments(ANSWERING))
    again = changed_text(profile, text)
    assert read_profile(again, "") == profile
    assert set(comments(again)) >= set(comments(ANSWERING))


def test_held_for_ever_is_false() -> None:
    endless = replace(LOOPBACK, scp=AcceptorSide(answering=Answering(default_seconds=None)))
    text = new_text(endless)
    assert "default_seconds = false" in text.splitlines()
    assert read_profile(text, "") == endless


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", None, "no line `schema = 1`"),
        ('name = "x"', None, "no line `schema = 1`"),
        ("schema = 2", 1, "schema is 2: a newer Parley wrote this file, this one reads up to 1"),
        ("schema = 0", 1, "schema is 0"),
        ("# x\nschema = true", 2, "schema must be a whole number"),
        ("schema = 1\nport = = 2", 2, "not TOML: invalid value"),
        ("schema = 1\n[scu\nport = 2", 2, "not TOML"),
        ('schema = 1\nname = """', 2, "not TOML: "),
        ("schema = 1\nschema = 1", 2, "not TOML: cannot overwrite"),
        ("schema = 1\nname = 7", 2, "name must be text in quotes"),
        ("schema = 1\nscu = 7", 2, "scu must be a table"),
        ('schema = 1\n[scu]\nhost = "a"\n  port = "104"', 4, "scu.port must be a whole number"),
        ("schema = 1\n[scp]\nport=1\n[scu]\nport = true", 5, "scu.port must be a whole number"),
        ("schema = 1\n[scu]\nmaximum_length = true", 3, "scu.maximum_length must be a whole number, or false"),
        ("schema = 1\n[scu.timers]\nidle = 'off'", 3, "scu.timers.idle must be a number of seconds, or false"),
        ("schema = 1\n[scu.timers]\nidle = nan", 3, "scu.timers.idle must be a number of seconds, or false"),
        ("schema = 1\n[scp.answering]\nmode = 1", 3, 'scp.answering.mode must be "rules" or "ask"'),
        ("schema = 1\n[[scp.responses]]\n[[scp.responses]]\ndelay = '1'", 4, "scp.responses[1].delay must be a number"),
        ("schema = 1\n[scp.rules]\nreject_all = '1/1'", 3, "scp.rules.reject_all must be result/source/reason"),
        ("schema = 1\n[scp.rules]\ncheck_called = 1", 3, "scp.rules.check_called must be true or false"),
        ("schema = 1\n[scp.rules]\nchoice = 'mine'", 3, 'must be "first-proposed" or "first-preferred"'),
        ("schema = 1\n[scu]\ncontexts = 1", 3, "scu.contexts must be a list of tables"),
        (
            "schema = 1\n[[scu.contexts]]\n[[scu.contexts]]\ntransfer_syntaxes = '1'",
            4,
            "scu.contexts[1].transfer_syntaxes must be a list of texts in quotes",
        ),
        ("schema = 1\n[scu]\nasynchronous_operations = '5'", 3, "must be invoked/performed in quotes, such as"),
        (
            "schema = 1\n[scu]\nreserved_9_10 = 'zz'",
            3,
            "scu.reserved_9_10 must be bytes as hexadecimal digits in quotes",
        ),
        ("schema = 1\n[[scu.roles]]\nscp = 'x'", 3, "scu.roles[0].scp must be a whole number"),
        ("schema = 1\n[[scp.rules.users]]\npasscode_reference = 7", 3, "must be text in quotes, or false"),
        ("schema = 1\n[scu]\n[scu.tls]\nprofile = 'x'", 4, 'scu.tls.profile must be "bcp195" or "modified-bcp195"'),
        ("schema = 1\n[scu]\ntls = false", 3, "scu.tls must be a table"),
        ("schema = 1\nscu = {port = '1'}", None, "scu.port must be a whole number"),
        ("schema = 1\nx = " + "[" * 5000, None, "nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, line: int | None, reason: str) -> None:
    with pytest.raises(ProfileFileError) as caught:
        read_profile(text, "x")
    assert reason in str(caught.value)
    assert caught.value.line == line
