"""The key store as the window uses it: every call on a thread, one after the other, and nothing asked twice in a run.

A call may take as long as a person takes to unlock the key store; the window goes on meanwhile. What was typed, given
or fetched is known until Parley is closed: where there is no key store that can be used, that is all the keeping there
is. It opens no dialog and knows no widget.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from parley.bridge.loop.job import Job
from parley.keystore.fetch import Missing, forget, keep, look_up, what_of
from parley.keystore.store import KeyStore, KeyStoreError
from parley.model.files.purposes import Wanted, purposes_of, unfetched
from parley.model.files.secrets import with_secrets
from parley.model.profile import Profile
from parley.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of secrets that were to be kept, or to be removed.

    Attributes:
        problem: why there is no key store that can be used; empty where there is one.
        failures: why it did not do it, by reference; without a full stop.
    """

    problem: str = ""
    failures: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """A secret that is needed and not known.

    Attributes:
        what: it is, for a person: ``SCU passcode``.
        wanted: it, by its name in the key store, and what it is for.
        reason: why the key store does not give it, without a full stop.
        can_keep: whether the key store would take it, and has nothing else under its name.
        can_unlock: whether there is a key store that might give it, once it lets Parley in.
    """

    what: str
    wanted: Wanted
    reason: str
    can_keep: bool
    can_unlock: bool


class SecretKeeper(QObject):
    """One key store, and what is known of it in this run.

    Signals:
        problem_told(str): why no key store can be used, without a full stop; empty where one can. Once, after `look`.
        working(bool): whether a call is under way.
        failed(str): a secret that was to be kept is not; words for a person.
    """

    problem_told = Signal(str)
    working = Signal(bool)
    failed = Signal(str)

    def __init__(self, store: KeyStore | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store or KeyStore()
        self._known: dict[Wanted, Secret] = {}
        self._calls: deque[tuple[Callable[[Job], Any], Callable[[Any], None]]] = deque()
        self._job: Job | None = None
        self._done: Callable[[Any], None] | None = None
        self._has_looked = False

    def known(self, wanted: Wanted) -> Secret | None:
        """The secret of that name, if it came by in this run for that purpose."""
        return self._known.get(wanted)

    def remember(self, wanted: Wanted, secret: Secret) -> None:
        """Know a secret until Parley is closed, for that purpose and no other."""
        self._known[wanted] = Secret(secret.data, wanted.reference)

    def look(self) -> None:
        """Find out, once, whether there is a key store that can be used."""
        if not self._has_looked:
            self._has_looked = True
            self._call(partial(_problem, self._store), self.problem_told.emit)

    def look_up(self, wanted: Iterable[Wanted], done: Callable[[dict[Wanted, Secret | Missing]], None]) -> None:
        """Fetch secrets; those that are known need no key store."""
        self._call(partial(_look_up, tuple(wanted), self._store), done)

    def keep(self, secrets: Mapping[Wanted, Secret], done: Callable[[Kept], None]) -> None:
        """Put secrets into the key store under their names, and know them until then."""
        for wanted, secret in secrets.items():
            self.remember(wanted, secret)
        self._call(partial(_keep, dict(secrets), self._store), done)

    def keep_given(self, wanted: Wanted, what: str, secret: Secret) -> None:
        """The same for one that was given when it was needed; `failed` tells if it could not be kept."""
        self.keep({wanted: secret}, partial(self._given_kept, what))

    def _given_kept(self, what: str, kept: Kept) -> None:
        for reason in kept.failures.values():
            self.failed.emit(f"The key store did not take the {what}: {reason}. Parley knows it until it is closed.")

    def forget(self, wanted: Iterable[Wanted], done: Callable[[Kept], None]) -> None:
        """Remove secrets from the key store; for this run they stay known, as an undo may want them back."""
        self._call(partial(_forget, tuple(wanted), self._store, self._known), done)

    # --- one call after the other ------------------------------------------------------------------------------------

    def _call(self, work: Callable[[Job], Any], done: Callable[[Any], None]) -> None:
        self._calls.append((work, done))
        if self._job is None:
            self.working.emit(True)
            self._next()

    def _next(self) -> None:
        work, self._done = self._calls.popleft()
        self._job = Job(work, self)
        self._job.succeeded.connect(self._succeeded)
        self._job.failed.connect(self._failed)
        self._job.start()

    @Slot(object)
    def _succeeded(self, result: Any) -> None:
        done = self._done
        self._end()
        if done is not None:
            done(result)

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._end()
        raise error  # none is expected: it is Parley's own fault

    def _end(self) -> None:
        if self._job is not None:
            self._job.deleteLater()
        self._job = self._done = None
        if self._calls:
            self._next()
        else:
            self.working.emit(False)


class Fetching(QObject):
    """The way to a profile with the value of every secret that it refers to.

    Signals:
        wanted(Question): ask the person, then call `answer`.
        fetched(Profile): all are there.
        missing(str): one was not given; words for a person.
    """

    wanted = Signal(object)
    fetched = Signal(object)
    missing = Signal(str)

    def __init__(self, keeper: SecretKeeper, profile: Profile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._profile = profile
        self._found: dict[Wanted, Secret] = {}
        self._questions: deque[Question] = deque()
        self._is_over = False

    def start(self) -> None:
        """Begin; where every secret is known already, `fetched` comes at once."""
        wanted = unfetched(self._profile)
        self._found = {each: known for each in wanted if (known := self._keeper.known(each)) is not None}
        rest = [each for each in wanted if each not in self._found]
        if rest:
            self._keeper.look_up(rest, self._looked_up)
        else:
            self._finish()

    def cancel(self) -> None:
        """Nobody waits any more: nothing is signalled after this."""
        self._is_over = True

    def answer(self, secret: Secret | None, *, keep: bool = False) -> None:
        """Go on with what the person gave; with None, end.

        Args:
            keep: put it into the key store.
        """
        question = self._questions.popleft()
        if secret is None:
            self._is_over = True
            self.missing.emit(f"The {question.what} was not given, and {question.reason}.")
            return
        self._found[question.wanted] = Secret(secret.data, question.wanted.reference)
        self._keeper.remember(question.wanted, secret)
        if keep:
            self._keeper.keep_given(question.wanted, question.what, secret)
        self._go_on()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _looked_up(self, found: dict[Wanted, Secret | Missing]) -> None:
        if self._is_over:
            return
        for wanted, secret in found.items():
            if isinstance(secret, Secret):
                self._found[wanted] = secret
                self._keeper.remember(wanted, secret)
            else:
                can_unlock = secret.is_there and not secret.is_open
                what = what_of(wanted, self._profile)
                self._questions.append(Question(what, wanted, secret.reason, secret.is_free, can_unlock))
        self._go_on()

    def _go_on(self) -> None:
        if self._questions:
            self.wanted.emit(self._questions[0])
        else:
            self._finish()

    def _finish(self) -> None:
        self._is_over = True
        purposes = purposes_of(self._profile)

        def fetched(place: str, secret: Secret) -> Secret:
            return self._found[Wanted(secret.reference, purposes[place])] if secret.is_unfetched else secret

        self.fetched.emit(with_secrets(self._profile, fetched))


# --- for the thread --------------------------------------------------------------------------------------------------


def _problem(store: KeyStore, _job: Job) -> str:
    return store.problem


def _look_up(wanted: tuple[Wanted, ...], store: KeyStore, _job: Job) -> dict[Wanted, Secret | Missing]:
    return {each: look_up(each, store) for each in wanted}


def _keep(secrets: dict[Wanted, Secret], store: KeyStore, _job: Job) -> Kept:
    if problem := store.problem:
        return Kept(problem)
    return _each(secrets, lambda wanted: keep(wanted, secrets[wanted], store))


def _forget(wanted: tuple[Wanted, ...], store: KeyStore, known: dict[Wanted, Secret], _job: Job) -> Kept:
    if problem := store.problem:
        return Kept(problem)

    def forget_one(each: Wanted) -> None:
        if (there := forget(each, store)) is not None:
            known[each] = there

    return _each(wanted, forget_one)


def _each(wanted: Iterable[Wanted], call: Callable[[Wanted], object]) -> Kept:
    """One after the other; the first failure is everybody's: who denied one is not to be asked for each."""
    reason = ""
    failures: dict[str, str] = {}
    for each in wanted:
        if not reason:
            try:
                call(each)
            except KeyStoreError as error:
                reason = str(error)
        if reason:
            failures[each.reference] = reason
    return Kept("", failures)
