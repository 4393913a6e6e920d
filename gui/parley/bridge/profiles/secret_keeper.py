"""The key store as the window uses it: every call on a thread, one after the other, and nothing asked twice in a run.

A call may take as long as a person takes to unlock the key store; the window goes on meanwhile. What was typed, given
or fetched is known until Parley is closed: where there is no key store that can be used, that is all the keeping there
is. It opens no dialog and knows no widget.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from parley.bridge.loop.job import Job
from parley.keystore.fetch import Missing, look_up, unfetched
from parley.keystore.store import KeyStore, KeyStoreError
from parley.model.files.secrets import secrets_of, with_secrets, words_of
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
        reference: the key store's name for it.
        reason: why the key store does not give it, without a full stop.
        can_keep: whether the key store would take it.
        can_unlock: whether there is a key store that might give it, once it lets Parley in.
    """

    what: str
    reference: str
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
        self._known: dict[str, Secret] = {}
        self._calls: deque[tuple[Callable[[Job], Any], Callable[[Any], None]]] = deque()
        self._job: Job | None = None
        self._done: Callable[[Any], None] | None = None
        self._has_looked = False

    def known(self, reference: str) -> Secret | None:
        """The secret of that name, if it came by in this run."""
        return self._known.get(reference)

    def remember(self, secret: Secret) -> None:
        """Know a secret until Parley is closed."""
        self._known[secret.reference] = secret

    def look(self) -> None:
        """Find out, once, whether there is a key store that can be used."""
        if not self._has_looked:
            self._has_looked = True
            self._call(partial(_problem, self._store), self.problem_told.emit)

    def look_up(self, references: Iterable[str], done: Callable[[dict[str, Secret | Missing]], None]) -> None:
        """Fetch secrets; those that are known need no key store."""
        self._call(partial(_look_up, tuple(references), self._store), done)

    def keep(self, secrets: Sequence[Secret], done: Callable[[Kept], None]) -> None:
        """Put secrets into the key store under their references, and know them until then."""
        for secret in secrets:
            self.remember(secret)
        self._call(partial(_keep, tuple(secrets), self._store), done)

    def keep_given(self, secret: Secret) -> None:
        """The same for one that was given when it was needed; `failed` tells if it could not be kept."""
        self.keep((secret,), self._given_kept)

    def _given_kept(self, kept: Kept) -> None:
        for reference, reason in kept.failures.items():
            self.failed.emit(f"The key store did not take “{reference}”: {reason}. Parley knows it until it is closed.")

    def forget(self, references: Iterable[str], done: Callable[[Kept], None]) -> None:
        """Remove secrets from the key store; for this run they stay known, as an undo may want them back."""
        self._call(partial(_forget, tuple(references), self._store, self._known), done)

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
        self._found: dict[str, Secret] = {}
        self._questions: deque[Question] = deque()
        self._is_over = False

    def start(self) -> None:
        """Begin; where every secret is known already, `fetched` comes at once."""
        wanted = unfetched(self._profile)
        self._found = {name: known for name in wanted if (known := self._keeper.known(name)) is not None}
        rest = [name for name in wanted if name not in self._found]
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
        given = Secret(secret.data, question.reference)
        self._found[question.reference] = given
        self._keeper.remember(given)
        if keep:
            self._keeper.keep_given(given)
        self._go_on()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _looked_up(self, found: dict[str, Secret | Missing]) -> None:
        if self._is_over:
            return
        for reference, secret in found.items():
            if isinstance(secret, Secret):
                self._found[reference] = secret
                self._keeper.remember(secret)
            else:
                can_unlock = secret.is_there and not secret.is_open
                what = self._what(reference)
                self._questions.append(Question(what, reference, secret.reason, secret.is_open, can_unlock))
        self._go_on()

    def _what(self, reference: str) -> str:
        places = (place for place, secret in secrets_of(self._profile).items() if secret.reference == reference)
        return words_of(next(places))

    def _go_on(self) -> None:
        if self._questions:
            self.wanted.emit(self._questions[0])
        else:
            self._finish()

    def _finish(self) -> None:
        self._is_over = True

        def fetched(_: str, secret: Secret) -> Secret:
            return self._found[secret.reference] if secret.is_unfetched else secret

        self.fetched.emit(with_secrets(self._profile, fetched))


# --- for the thread --------------------------------------------------------------------------------------------------


def _problem(store: KeyStore, _job: Job) -> str:
    return store.problem


def _look_up(references: tuple[str, ...], store: KeyStore, _job: Job) -> dict[str, Secret | Missing]:
    return {reference: look_up(reference, store) for reference in references}


def _keep(secrets: tuple[Secret, ...], store: KeyStore, _job: Job) -> Kept:
    if problem := store.problem:
        return Kept(problem)
    return _each(secrets, lambda secret: store.set(secret.reference, secret))


def _forget(references: tuple[str, ...], store: KeyStore, known: dict[str, Secret], _job: Job) -> Kept:
    if problem := store.problem:
        return Kept(problem)

    def forget(secret: Secret) -> None:
        if (there := store.get(secret.reference)) is not None:
            known[secret.reference] = there
            store.delete(secret.reference)

    return _each([Secret(reference=reference) for reference in references], forget)


def _each(secrets: Sequence[Secret], call: Callable[[Secret], object]) -> Kept:
    """One after the other; the first failure is everybody's: who denied one is not to be asked for each."""
    reason = ""
    failures: dict[str, str] = {}
    for secret in secrets:
        if not reason:
            try:
                call(secret)
            except KeyStoreError as error:
                reason = str(error)
        if reason:
            failures[secret.reference] = reason
    return Kept("", failures)
