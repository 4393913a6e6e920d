"""The folder of profiles: what is listed, what is refused, and that nothing is ever lost."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.model.files.atomic import NAME_BYTES, safe_file_name, write_atomically
from parley.model.files.entries import StoreError
from parley.model.files.folders import default_folder
from parley.model.files.store import LARGEST_FILE, ProfileStore
from parley.model.profile import LOOPBACK, Profile, RequestorSide, Timers

PACS = Profile("PACS prod", RequestorSide("10.1.2.3", 104), comment="ask Jo")
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX file modes, links and limits")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProfileStore]:
    """A store whose folder does not exist yet; afterwards it must hold profiles and nothing else."""
    yield ProfileStore(tmp_path / "config" / "profiles")
    assert list(tmp_path.rglob(".*.part")) == []


@pytest.fixture
def public_store() -> Iterator[ProfileStore]:
    """A store that another user can get at, as the test itself may run as one whom no permission holds back."""
    with tempfile.TemporaryDirectory(prefix="parley-store-") as folder:
        Path(folder).chmod(0o755)
        yield ProfileStore(Path(folder))


def names(store: ProfileStore) -> list[str]:
    return [entry.name for entry in store.list()]


def put(store: ProfileStore, key: str, text: str | bytes) -> Path:
    path = store.folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def run(code: str, *arguments: object) -> None:
    """Run code in a process of its own, for what would spoil this one: limits, another user."""
    subprocess.run([sys.executable, "-c", code, *map(str, arguments)], check=True, timeout=60)


class TestListing:
    def test_a_folder_that_does_not_exist_holds_the_built_in_profile(self, store: ProfileStore) -> None:
        (entry,) = store.list()
        assert (entry.key, entry.name, entry.profile, entry.built_in) == ("Loopback", "Loopback", LOOPBACK, True)
        assert not store.folder.exists()

    def test_folders_become_a_tree_and_case_does_not_order(self, store: ProfileStore) -> None:
        for name, folder in [("b", ""), ("A", ""), ("CT 1", "Site A"), ("c", ""), ("CT 0", "Site A/Cellar")]:
            store.create(Profile(name), folder)
        listed = [(entry.folder, entry.name, entry.key) for entry in store.list()]
        assert listed == [
            ("", "Loopback", "Loopback"),
            ("", "A", "A.toml"),
            ("", "b", "b.toml"),
            ("", "c", "c.toml"),
            ("Site A", "CT 1", "Site A/CT 1.toml"),
            ("Site A/Cellar", "CT 0", "Site A/Cellar/CT 0.toml"),
        ]
        assert store.folders() == ("Site A", "Site A/Cellar")

    def test_hidden_things_and_other_files_are_not_profiles(self, store: ProfileStore) -> None:
        for key in (".git/config.toml", ".hidden.toml", "README.md", "x.toml~", "toml"):
            put(store, key, "schema = 1")
        assert names(store) == ["Loopback"]

    def test_a_file_without_a_name_is_called_as_the_file(self, store: ProfileStore) -> None:
        put(store, "By hand.toml", "schema = 1")
        assert store.load("By hand.toml") == Profile("By hand")

    @pytest.mark.parametrize(
        ("content", "line", "reason"),
        [
            ("schema = 1\n[scu\n", 2, "not TOML"),
            ("schema = 2\n", 1, "a newer Parley wrote this file"),
            ("schema = 1\n[scu]\nport = 'x'\n", 3, "scu.port must be a whole number"),
            (b"schema = 1\nname = '\xff'\n", 2, "it is not UTF-8 text"),
            (b"schema = 1\n#" + b"x" * LARGEST_FILE, None, "too big"),
            ("", None, "no profile of Parley"),
            ("schema = 1\n[scu]\nport = " + "9" * 100_000, None, "a number of thousands of digits"),
            ("schema = 1\n" + "a." * 20_000 + "a = 1", 2, "nested too deeply"),
        ],
    )
    def test_what_cannot_be_read_is_listed_and_never_overwritten(
        self, store: ProfileStore, content: str | bytes, line: int | None, reason: str
    ) -> None:
        path = put(store, "Broken.toml", content)
        before = path.read_bytes()
        (entry,) = store.list()[1:]
        assert (entry.key, entry.name, entry.profile, entry.line) == ("Broken.toml", "Broken", None, line)
        assert reason in entry.problem
        for attempt in (
            lambda: store.load("Broken.toml"),
            lambda: store.save(PACS, "Broken.toml"),
            lambda: store.rename("Broken.toml", "Whole"),
            lambda: store.duplicate("Broken.toml"),
        ):
            with pytest.raises(StoreError, match=r"Broken\.toml"):
                attempt()
        with pytest.raises(StoreError, match="already a profile called broken"):
            store.create(Profile("broken"))
        assert path.read_bytes() == before
        store.delete("Broken.toml")
        assert not path.exists()

    @posix
    @pytest.mark.parametrize(("for_group", "modes"), [(False, (0o600, 0o700)), (True, (0o640, 0o750))])
    def test_what_is_made_is_the_users_own(self, tmp_path, for_group, modes) -> None:
        (tmp_path / "there").mkdir(0o755)
        made = ProfileStore(tmp_path / "there" / "profiles", for_group=for_group)
        key = made.create(Profile("A"), "Site")
        folder = made.folder / "Site"
        assert [stat.S_IMODE(path.stat().st_mode) for path in (made.folder / key, folder)] == list(modes)
        assert stat.S_IMODE((tmp_path / "there").stat().st_mode) == 0o755
        (made.folder / key).chmod(0o644)
        made.save(replace(Profile("A"), comment="changed"), key)
        assert stat.S_IMODE((made.folder / key).stat().st_mode) == 0o644  # as its owner gave it

    def test_a_file_that_would_take_seconds_to_change_is_refused(self, store: ProfileStore) -> None:
        for number, more in enumerate(("".join(f"a.k{n} = 1\n" for n in range(20_000)), "#\n" * 100_000)):
            put(store, f"{number}.toml", f"schema = 1\n{more}")
            began = time.thread_time()
            with pytest.raises(StoreError, match="more than can be changed"):
                store.save(replace(Profile(str(number)), comment="changed"), f"{number}.toml")
            assert time.thread_time() - began < 2.0

    def test_a_byte_order_mark_does_no_harm(self, store: ProfileStore) -> None:
        put(store, "x.toml", b"\xef\xbb\xbfschema = 1\nname = 'Y'")
        assert store.load("x.toml") == Profile("Y")

    @posix
    def test_what_is_not_a_file_is_not_opened(self, store: ProfileStore) -> None:
        store.create(PACS)
        os.mkfifo(store.folder / "pipe.toml")
        (store.folder / "gone.toml").symlink_to("nowhere")
        (store.folder / "round.toml").symlink_to("round.toml")
        problems = {entry.name: entry.problem for entry in store.list()}
        assert problems["pipe"] == "it is not a file"
        assert problems["gone"] == "the file is gone"
        assert problems["round"]

    def test_one_line_of_the_list(self, store: ProfileStore) -> None:
        store.create(PACS)
        put(store, "Broken.toml", "schema = 1\nname = \n")
        assert [store.entry(entry.key) for entry in store.list()] == list(store.list())
        put(store, ".git/config.toml", "schema = 1")
        assert [store.entry(key) for key in ("Gone.toml", "../x.toml", ".git/config.toml", "")] == [None] * 4

    def test_a_file_of_that_name_is_found_without_a_look_at_the_others(
        self, store: ProfileStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.create(PACS)
        store.create(Profile("CT"), "Site")
        put(store, "Broken.toml", "schema = 1\nname = \n")
        listed = {name: store.find(name) for name in ("Broken", "ct")}
        assert (listed["Broken"].line, listed["ct"].key) == (2, "Site/CT.toml")
        monkeypatch.delattr(ProfileStore, "list")
        assert store.find("PACS prod").key == "PACS prod.toml"
        assert store.find("Site/CT").key == "Site/CT.toml"

    def test_finding_by_name_or_key(self, store: ProfileStore) -> None:
        store.create(PACS)
        store.create(Profile("pacs PROD"), "Site A")
        store.create(Profile("CT"), "Site A")
        store.create(Profile("CT"), "Site B")
        assert store.find("PACS prod").key == "PACS prod.toml"
        assert store.find("Site A/CT").key == store.find("Site A/CT.toml").key == "Site A/CT.toml"
        assert store.find("loopback").profile == LOOPBACK
        with pytest.raises(StoreError, match=r"More than one .* Site A/CT.toml, Site B/CT.toml"):
            store.find("CT")
        with pytest.raises(StoreError, match="no profile called X"):
            store.find("X")


class TestChanging:
    def test_create_load_save_delete(self, store: ProfileStore) -> None:
        key = store.create(PACS)
        assert key == "PACS prod.toml"
        assert store.load(key) == PACS
        changed = replace(PACS, scu=replace(PACS.scu, host="10.9.9.9"))
        store.save(changed, key)
        assert store.load(key) == changed
        store.delete(key)
        assert names(store) == ["Loopback"]
        with pytest.raises(StoreError, match="no file"):
            store.delete(key)
        with pytest.raises(StoreError, match="gone"):
            store.load(key)

    def test_a_save_keeps_what_a_person_wrote(self, store: ProfileStore) -> None:
        text = 'schema = 1\nname = "x" # mine\nroom = 7\n[scu]\nhost = "a" # first\n'
        path = put(store, "x.toml", text)
        profile = store.load("x.toml")
        store.save(profile, "x.toml")
        assert path.read_text() == text
        store.save(replace(profile, scu=replace(profile.scu, host="b")), "x.toml")
        assert path.read_text() == text.replace('"a"', '"b"')

    def test_what_cannot_be_changed_and_kept_is_refused(self, store: ProfileStore) -> None:
        text = 'schema = 1\nscu.host = "a"\nscp = {port = 7}\n'
        path = put(store, "x.toml", text)
        with pytest.raises(StoreError, match="save the profile under another name"):
            store.save(Profile("x", RequestorSide(timers=Timers(connect=1.0))), "x.toml")
        assert path.read_text() == text

    def test_a_save_brings_back_a_file_that_is_gone(self, store: ProfileStore) -> None:
        key = store.create(PACS)
        store.delete(key)
        store.save(PACS, key)
        assert store.load(key) == PACS

    def test_the_built_in_profile_can_only_be_copied(self, store: ProfileStore) -> None:
        for attempt in (
            lambda: store.save(PACS, "Loopback"),
            lambda: store.rename("Loopback", "x"),
            lambda: store.delete("Loopback"),
            lambda: store.create(Profile("loopback")),
        ):
            with pytest.raises(StoreError, match=r"built in|already"):
                attempt()
        key = store.duplicate("Loopback")
        assert store.load(key) == replace(LOOPBACK, name="Loopback copy")
        assert not store.list()[1].built_in

    def test_names_are_taken_whatever_their_case_but_only_in_their_folder(self, store: ProfileStore) -> None:
        store.create(PACS)
        for clash in ("PACS prod", "pacs PROD"):
            with pytest.raises(StoreError, match="already a profile called"):
                store.create(Profile(clash))
        store.create(PACS, "Site A")
        other = store.create(Profile("CT"))
        with pytest.raises(StoreError, match="already"):
            store.rename(other, "pacs prod")
        with pytest.raises(StoreError, match="already"):
            store.save(replace(PACS, name="ct"), "PACS prod.toml")
        with pytest.raises(StoreError, match="already"):
            store.duplicate(other, "PACS PROD")
        assert store.load(other) == Profile("CT")

    @pytest.mark.parametrize("name", ["", " ", "\t\n"])
    def test_a_profile_needs_a_name(self, store: ProfileStore, name: str) -> None:
        with pytest.raises(StoreError, match="needs a name"):
            store.create(Profile(name))

    def test_rename_moves_the_file_and_keeps_its_comments(self, store: ProfileStore) -> None:
        put(store, "Site A/x.toml", 'schema = 1\nname = "x" # mine\n')
        key = store.rename("Site A/x.toml", "Größe: 3/4")
        assert key == "Site A/Größe_ 3_4.toml"
        assert (store.folder / key).read_text("utf-8") == 'schema = 1\nname = "Größe: 3/4" # mine\n'
        assert names(store) == ["Loopback", "Größe: 3/4"]
        assert store.rename(key, "gRÖSSE: 3/4") != key
        assert len(names(store)) == 2

    def test_another_case_of_the_same_name(self, store: ProfileStore) -> None:
        key = store.create(Profile("ct"))
        assert store.rename(key, "CT") == "CT.toml"
        assert [path.name for path in store.folder.iterdir()] == ["CT.toml"]

    def test_duplicate_finds_a_free_name_and_keeps_comments(self, store: ProfileStore) -> None:
        put(store, "x.toml", 'schema = 1\nname = "x" # mine\n')
        assert [store.duplicate("x.toml") for _ in range(3)] == ["x copy.toml", "x copy 2.toml", "x copy 3.toml"]
        assert (store.folder / "x copy 2.toml").read_text() == 'schema = 1\nname = "x copy 2" # mine\n'
        assert store.duplicate("x.toml", "y") == "y.toml"

    def test_different_names_may_want_the_same_file(self, store: ProfileStore) -> None:
        keys = [store.create(Profile(name)) for name in ("a/b", "a:b", "A?B")]
        assert keys == ["a_b.toml", "a_b 2.toml", "A_B 3.toml"]
        assert [store.load(key).name for key in keys] == ["a/b", "a:b", "A?B"]

    @pytest.mark.parametrize("key", ["../x.toml", "/x.toml", "a/../../x.toml", "x", ""])
    def test_keys_do_not_lead_out_of_the_folder(self, store: ProfileStore, key: str) -> None:
        for attempt in (
            lambda: store.load(key),
            lambda: store.save(PACS, key),
            lambda: store.delete(key),
            lambda: store.create(PACS, "../elsewhere"),
        ):
            with pytest.raises(StoreError, match="no place for a profile"):
                attempt()
        assert not store.folder.exists()

    def test_the_text_of_a_draft_keeps_what_is_in_the_file_and_writes_nothing(self, store: ProfileStore) -> None:
        key = store.create(PACS)
        path = store.folder / key
        path.write_text(saved := path.read_text() + "# mine\n")
        text = store.text(key, replace(PACS, comment="ask Sam"))
        assert ("ask Sam" in text, "# mine" in text) == (True, True)
        assert (path.read_text(), store.text(key)) == (saved, saved)
        assert "ask Sam" in store.text(LOOPBACK.name, replace(LOOPBACK, comment="ask Sam"))

    def test_text_that_no_file_can_hold(self, store: ProfileStore) -> None:
        with pytest.raises(StoreError, match="half a character"):
            store.create(Profile("x", comment="\ud800"))
        assert names(store) == ["Loopback"]


class TestTrouble:
    @posix
    @pytest.mark.parametrize("size", [0, 100])
    def test_a_full_disk_leaves_the_old_file_and_nothing_else(self, store: ProfileStore, size: int) -> None:
        """The limit on file sizes is as real as a full disk: the kernel refuses to write."""
        key = store.create(PACS)
        before = (store.folder / key).read_bytes()
        run(
            """
import resource, signal, sys
from dataclasses import replace
from pathlib import Path
from parley.model.profile import Profile
from parley.model.files.entries import StoreError
from parley.model.files.store import ProfileStore
import parley.model.files.writer
store, key, size = ProfileStore(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
for attempt in (lambda: store.save(replace(store.load(key), comment="new"), key), lambda: store.create(Profile("x"))):
    try:
        attempt()
    except StoreError as error:
        assert "was not saved: file too large" in str(error), error
    else:
        sys.exit("saved in spite of the limit")
""",
            store.folder,
            key,
            size,
        )
        assert [path.name for path in store.folder.iterdir()] == [key]
        assert (store.folder / key).read_bytes() == before

    @posix
    def test_a_folder_without_permission(self, public_store: ProfileStore) -> None:
        store = public_store
        key = store.create(PACS)
        (store.folder / key).chmod(0o644)
        before = (store.folder / key).read_bytes()
        run(
            """
import os, sys
from dataclasses import replace
from pathlib import Path
from parley.model.profile import Profile
from parley.model.files.entries import StoreError
from parley.model.files.store import ProfileStore
import parley.model.files.writer
store, key = ProfileStore(Path(sys.argv[1])), sys.argv[2]
profile = store.load(key)  # Python itself may be out of reach for the other user.
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
else:
    store.folder.chmod(0o555)
assert store.load(key) == profile
for attempt in (
    lambda: store.create(Profile("x")),
    lambda: store.save(replace(profile, comment="new"), key),
    lambda: store.rename(key, "y"),
    lambda: store.delete(key),
    lambda: store.duplicate(key),
):
    try:
        attempt()
    except StoreError as error:
        assert "denied" in str(error) or "read-only" in str(error), error
    else:
        sys.exit("written without permission")
""",
            store.folder,
            key,
        )
        store.folder.chmod(0o755)
        assert [path.name for path in store.folder.iterdir()] == [key]
        assert (store.folder / key).read_bytes() == before

    @posix
    def test_a_folder_that_cannot_be_read_is_listed(self, public_store: ProfileStore) -> None:
        store = public_store
        store.create(PACS, "Secret")
        (store.folder / "Secret").chmod(0)
        try:
            run(
                """
import os, sys
from pathlib import Path
from parley.model.files.store import ProfileStore
if os.geteuid() == 0:
    os.setuid(65534)
entry = ProfileStore(Path(sys.argv[1])).list()[1]
assert (entry.name, entry.problem) == ("Secret", "the folder cannot be read: permission denied"), entry
""",
                store.folder,
            )
        finally:
            (store.folder / "Secret").chmod(0o755)

    def test_a_file_where_the_folder_should_be(self, tmp_path: Path) -> None:
        (tmp_path / "profiles").write_text("in the way")
        store = ProfileStore(tmp_path / "profiles")
        with pytest.raises(StoreError, match="was not saved"):
            store.create(PACS)
        assert len(names(store)) >= 1
        assert (tmp_path / "profiles").read_text() == "in the way"

    def test_a_read_only_file_is_meant_to_stay(self, store: ProfileStore) -> None:
        key = store.create(PACS)
        (store.folder / key).chmod(0o444)
        with pytest.raises(StoreError, match="read-only"):
            store.save(replace(PACS, comment="new"), key)
        (store.folder / key).chmod(0o644)
        assert store.load(key) == PACS

    @posix
    def test_modes_and_links_stay(self, store: ProfileStore, tmp_path: Path) -> None:
        key = store.create(PACS)
        path = store.folder / key
        path.chmod(0o640)
        elsewhere = tmp_path / "dotfiles.toml"
        path.rename(elsewhere)
        path.symlink_to(elsewhere)
        store.save(replace(PACS, comment="new"), key)
        assert path.is_symlink()
        assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o640
        assert "new" in elsewhere.read_text()


class TestAtomicWrite:
    def test_an_interrupt_in_the_middle(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(descriptor: int) -> None:
            raise KeyboardInterrupt

        path = tmp_path / "x"
        path.write_bytes(b"old")
        monkeypatch.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            write_atomically(path, b"new")
        assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("x", b"old")]

    def test_a_target_that_cannot_be_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "x" / "y").mkdir(parents=True)
        with pytest.raises(OSError, match="directory"):
            write_atomically(tmp_path / "x", b"new")
        assert [p.name for p in tmp_path.iterdir()] == ["x"]


class TestFileNames:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("PACS prod", "PACS prod"),
            ("Röntgen", "Röntgen"),
            ("Ro\u0308ntgen", "Röntgen"),
            ("日本", "日本"),
            ("a/b\\c:d*e?f", "a_b_c_d_e_f"),
            ("../../etc/passwd", "_._.._etc_passwd"),
            (".hidden", "_hidden"),
            ("end. . ", "end"),
            ("...", "_"),
            ("", "_"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("com7 .x", "_com7 .x"),
            ("Console", "Console"),
            ("a\nb\0c", "a_b_c"),
            ("evil\u202etxt\u200b", "evil_txt_"),
            ("\ud800", "_"),
        ],
    )
    def test_examples(self, text: str, name: str) -> None:
        assert safe_file_name(text) == name

    @given(st.text(max_size=300))
    def test_any_text_gives_a_name_that_every_system_takes(self, text: str) -> None:
        name = safe_file_name(text)
        assert 0 < len(name.encode("utf-8")) <= NAME_BYTES + 1
        assert name == name.strip() == name.rstrip(".")
        assert not name.startswith(".")
        assert not set(name) & set('<>:"/\\|?*')
        assert min(name) >= " "

    def test_a_very_long_name_is_whole_inside_the_file(self, store: ProfileStore) -> None:
        long = "Röntgenabteilung " * 100
        keys = [store.create(Profile(f"{long}{number}")) for number in (1, 2)]
        assert [store.load(key).name for key in keys] == [f"{long}1", f"{long}2"]
        assert max(len(os.fsencode(key)) for key in keys) < 200


def test_the_persons_own_folder() -> None:
    assert default_folder().parts[-2:] == ("parley", "profiles")


class TestListingAgain:
    """Files that were read before, and what makes the list read them once more."""

    TEXT = "schema = 1\nname = 'A'\n"
    SAME_SIZE = "schema = 1\nname = 'B'\n"

    @pytest.fixture
    def known(self, store: ProfileStore) -> ProfileStore:
        """A store that knows a file, which changed long ago by its clock."""
        known = ProfileStore(store.folder, clock=lambda: time.time_ns() + (60 << 30))
        put(known, "x.toml", self.TEXT)
        known.list()
        return known

    def change(self, store: ProfileStore, text: str, key: str = "x.toml") -> Path:
        """Change a file in place, at a time that no file system takes for the one before."""
        path = put(store, key, text)
        later = path.stat().st_mtime_ns + 3_000_000_000
        os.utime(path, ns=(later, later))
        return path

    def test_what_did_not_change_is_not_read_again(self, known: ProfileStore) -> None:
        (_, before), (_, after) = known.list(), known.list()
        assert before is after is known.entry("x.toml")

    def test_without_a_clock_everything_is_read_again(self, known: ProfileStore) -> None:
        store = ProfileStore(known.folder)
        (_, before), (_, after) = store.list(), store.list()
        assert before == after
        assert before is not after

    def test_what_changed_just_now_is_read_again(self, known: ProfileStore) -> None:
        store = ProfileStore(known.folder, clock=time.time_ns)
        self.change(store, self.TEXT)
        (_, before), (_, after) = store.list(), store.list()
        assert before == after
        assert before is not after

    @pytest.mark.parametrize("text", [SAME_SIZE, TEXT + "comment = 'ask Jo'\n"])
    def test_a_change_by_another_program_is_seen(self, known: ProfileStore, text: str) -> None:
        self.change(known, text)
        assert known.list()[1].profile == known.load("x.toml") != Profile("A")

    @posix
    def test_a_file_put_in_its_place_is_seen_even_with_the_old_time(self, known: ProfileStore) -> None:
        path = known.folder / "x.toml"
        before = path.stat()
        other = put(known, "other", self.SAME_SIZE)
        os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
        other.replace(path)
        assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
        assert names(known) == ["Loopback", "B"]

    def test_files_come_and_go(self, known: ProfileStore) -> None:
        put(known, "Site/y.toml", self.SAME_SIZE)
        assert names(known) == ["Loopback", "A", "B"]
        (known.folder / "x.toml").rename(known.folder / "z.toml")
        assert [entry.key for entry in known.list()] == ["Loopback", "z.toml", "Site/y.toml"]
        (known.folder / "z.toml").unlink()
        assert names(known) == ["Loopback", "B"]

    def test_a_file_breaks_and_is_mended(self, known: ProfileStore) -> None:
        self.change(known, "schema = 1\nname = \n")
        for entry in (known.list()[1], known.list()[1]):
            assert (entry.profile, entry.line) == (None, 2)
            assert "not TOML" in entry.problem
        self.change(known, self.TEXT)
        assert known.list()[1].profile == Profile("A")

    def test_what_this_store_changes_is_seen(self, known: ProfileStore) -> None:
        known.save(replace(PACS, name="A"), "x.toml")
        assert known.list()[1].profile == replace(PACS, name="A")
        key = known.rename("x.toml", "Renamed")
        assert [entry.name for entry in known.list()] == ["Loopback", "Renamed"]
        with pytest.raises(StoreError, match="already"):
            known.create(Profile("renamed"))
        known.create(Profile("A"))
        known.delete(key)
        assert names(known) == ["Loopback", "A"]

    def test_names_that_another_program_took_are_refused(self, known: ProfileStore) -> None:
        self.change(known, self.SAME_SIZE)
        with pytest.raises(StoreError, match="already a profile called b"):
            known.create(Profile("b"))
        known.create(Profile("A"))

    @posix
    def test_a_file_that_may_not_be_read_any_more_is_listed_with_the_reason(self, public_store: ProfileStore) -> None:
        put(public_store, "x.toml", self.TEXT)
        run(
            """
import os, sys
from pathlib import Path
from parley.model.files.store import ProfileStore
store = ProfileStore(Path(sys.argv[1]), clock=lambda: 1 << 62)
assert store.list()[1].profile is not None
Path(sys.argv[1], "x.toml").chmod(0)
if os.geteuid() == 0:
    os.setuid(65534)
assert store.list()[1].problem == "permission denied", store.list()
""",
            public_store.folder,
        )
