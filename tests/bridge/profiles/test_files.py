"""Importing and exporting as a job does it: all of it or, when it is cancelled, nothing."""

import zipfile
from dataclasses import replace

import pytest

from parley.bridge.loop.job import Cancelled
from parley.bridge.profiles.files import NothingToExportError, export_draft, export_saved, import_files
from parley.exchange.files import Format, read_file
from parley.model.files.store import ProfileStore
from parley.model.handle import RequestorHandle
from parley.model.profile import LOOPBACK, Profile, RequestorSide

CSV = "AE title,host,port,name\nPACS,10.0.0.5,104,Main\nCT1,10.0.0.6,104,CT\nBAD,10.0.0.7,99999,Bad\n"
PACS = Profile("PACS", RequestorSide("10.0.0.5", 104, RequestorHandle(called_ae_title="PACS")))


class Watch:
    """Stands for the job: notes what is reported, and cancels after so many reports."""

    def __init__(self, cancel_after=None):
        self.shares = []
        self.settled = False
        self._left = cancel_after

    def report(self, share):
        self.shares.append(share)
        self._count()

    def settle(self):
        self._count()
        self.settled = True

    def _count(self):
        assert not self.settled
        if self._left == 0:
            raise Cancelled
        if self._left is not None:
            self._left -= 1


@pytest.fixture
def store(tmp_path):
    return ProfileStore(tmp_path / "profiles")


@pytest.fixture
def peers(tmp_path):
    path = tmp_path / "peers.csv"
    path.write_text(CSV)
    return path


@pytest.fixture
def archive(tmp_path):
    """With a folder in it."""
    other = ProfileStore(tmp_path / "other")
    other.create(Profile("CT"), "Site/Radiology")
    path = tmp_path / "some.zip"
    export_saved(other, path, Format.ZIP, Watch())
    return path


class TestImporting:
    """Files in."""

    def test_tells_what_landed_where_and_what_did_not(self, store, peers, archive, tmp_path):
        broken, gone = tmp_path / "broken.toml", tmp_path / "gone.cfg"
        broken.write_text("schema = 1\nname = \n")
        watch = Watch()
        imports = import_files(store, [peers, broken, gone, archive], watch)
        assert [(path.name, each.key) for path, each in imports.landed] == [
            ("peers.csv", "Main.toml"),
            ("peers.csv", "CT.toml"),
            ("some.zip", "Site/Radiology/CT.toml"),
        ]
        assert imports.problems[0] == "peers.csv: line 4: “99999” is no port from 1 to 65535"
        assert imports.problems[1].startswith("broken.toml: line 2: ")
        assert imports.problems[2].startswith("gone.cfg: it cannot be read")
        assert len(imports.problems) == 3
        assert imports.entries == store.list()
        assert watch.shares == sorted(watch.shares)
        assert (watch.shares[0], watch.shares[-1]) == (0, 1)

    def test_cancelled_anywhere_it_leaves_nothing_behind(self, store, peers, archive):
        store.create(Profile("Main"), "Mine")
        before = sorted(store.folder.rglob("*"))
        watch = Watch()
        import_files(ProfileStore(store.folder.parent / "uncancelled"), [peers, archive], watch)
        for reports in range(len(watch.shares) + 1):
            with pytest.raises(Cancelled):
                import_files(store, [peers, archive], Watch(cancel_after=reports))
            assert sorted(store.folder.rglob("*")) == before


class TestExporting:
    """Files out."""

    @pytest.mark.parametrize("form", Format)
    def test_the_draft_goes_out_as_it_is_edited(self, store, tmp_path, form):
        key = store.create(PACS)
        draft = replace(PACS, scu=replace(PACS.scu, port=11112))
        path = tmp_path / "out"
        exports = export_draft(store, key, draft, path, form, Watch())
        assert (exports.path, exports.form, exports.count, exports.problems) == (path, form, 1, ())
        assert store.load(key) == PACS
        back = read_file(path).profiles[0]
        if form is Format.ASCONFIG:
            assert back.scu.handle.contexts == draft.scu.handle.contexts
        else:
            assert (back.name, back.scu) == ("PACS", draft.scu)

    def test_comments_of_the_file_go_along(self, store, tmp_path):
        key = store.create(PACS)
        file = store.folder / key
        file.write_text(file.read_text() + "# mine\n")
        for draft in (PACS, replace(PACS, comment="ask Jo")):
            export_draft(store, key, draft, tmp_path / "out.toml", Format.TOML, Watch())
            assert "# mine" in (tmp_path / "out.toml").read_text()
            assert read_file(tmp_path / "out.toml").profiles == (draft,)

    def test_a_draft_whose_file_is_gone_or_broken_goes_out_all_the_same(self, store, tmp_path):
        key = store.create(PACS)
        for spoil in (lambda: (store.folder / key).write_text("?"), lambda: store.delete(key)):
            spoil()
            export_draft(store, key, PACS, tmp_path / "out.toml", Format.TOML, Watch())
            assert read_file(tmp_path / "out.toml").profiles == (PACS,)

    def test_the_built_in_profile_goes_out_too(self, store, tmp_path):
        draft = replace(LOOPBACK, scu=PACS.scu)
        export_draft(store, LOOPBACK.name, draft, tmp_path / "out.zip", Format.ZIP, Watch())
        assert read_file(tmp_path / "out.zip").profiles == (draft,)

    def test_all_that_are_saved_go_into_one_file_and_what_cannot_be_read_is_told(self, store, tmp_path):
        store.create(PACS)
        store.create(Profile("CT"), "Site")
        (store.folder / "broken.toml").write_text("?")
        exports = export_saved(store, tmp_path / "all.zip", Format.ZIP, Watch())
        assert exports.count == 2
        assert [problem.partition(":")[0] for problem in exports.problems] == ["broken.toml cannot be read"]
        assert sorted(zipfile.ZipFile(exports.path).namelist()) == ["PACS.toml", "Site/CT.toml"]

    def test_what_a_format_cannot_hold_is_told(self, store, tmp_path):
        bare = Profile("Bare", RequestorSide(handle=RequestorHandle(contexts=())))
        exports = export_draft(store, store.create(bare), bare, tmp_path / "x.cfg", Format.ASCONFIG, Watch())
        assert ["no presentation context" in problem for problem in exports.problems] == [True]

    def test_without_profiles_or_with_too_many_for_the_format_there_is_a_reason(self, store, tmp_path):
        with pytest.raises(NothingToExportError, match="no saved profile"):
            export_saved(store, tmp_path / "all.zip", Format.ZIP, Watch())
        for name in ("A", "B"):
            store.create(Profile(name))
        with pytest.raises(NothingToExportError, match="choose zip"):
            export_saved(store, tmp_path / "all.toml", Format.TOML, Watch())
        assert not list(tmp_path.glob("all.*"))

    def test_cancelled_it_leaves_the_file_as_it_was(self, store, tmp_path):
        store.create(PACS)
        path = tmp_path / "all.zip"
        path.write_text("before")
        for reports in range(2):
            with pytest.raises(Cancelled):
                export_saved(store, path, Format.ZIP, Watch(cancel_after=reports))
            with pytest.raises(Cancelled):
                export_draft(store, LOOPBACK.name, PACS, path, Format.CSV, Watch(cancel_after=reports))
        assert path.read_text() == "before"

    def test_a_folder_that_is_not_there_is_the_systems_error(self, store, tmp_path):
        with pytest.raises(OSError, match="No such file"):
            export_draft(store, LOOPBACK.name, PACS, tmp_path / "none" / "x.csv", Format.CSV, Watch())
