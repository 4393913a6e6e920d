"""What saving and deleting a profile means for its secrets, as values and words. Nothing here opens a key store.

A file holds the key store's names for secrets and never a secret. What is typed gets a new name each time it is saved,
and a copy has no name of its original's secrets. A name that Parley made goes when the last profile goes that has it; a
name that a person wrote into a file is that person's to remove.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable

from parley.bridge.profiles.secret_keeper import Kept
from parley.model.files.entries import StoredProfile
from parley.model.files.purposes import Purpose, Wanted, purposes_of
from parley.model.files.secrets import (
    is_own_reference,
    references_of,
    secrets_of,
    with_references,
    with_secrets,
    words_of,
)
from parley.model.profile import Profile
from parley.model.secret import Secret


def named(profile: Profile, saved: Profile) -> Profile:
    """The profile with a new name in the key store for each secret that was typed in it.

    Args:
        saved: what is kept already: what is in it for the same purpose has its name.
    """
    kept, purposes = _kept(saved), purposes_of(profile)
    return with_references(
        profile, lambda place, secret: (secret, purposes[place]) in kept, lambda: os.urandom(16).hex()
    )


def copied(profile: Profile) -> Profile:
    """What another profile has of this one: what was typed here, and no name of a secret that is kept."""
    return with_secrets(profile, lambda _, secret: Secret(secret.data))


def typed(profile: Profile, saved: Profile) -> dict[Wanted, Secret]:
    """The secrets with a value that is not kept yet for what it is wanted for, as far as `saved` tells."""
    kept, purposes = _kept(saved), purposes_of(profile)
    return {
        Wanted(secret.reference, purposes[place]): secret
        for place, secret in secrets_of(profile).items()
        if secret and (secret, purposes[place]) not in kept
    }


def _kept(saved: Profile) -> frozenset[tuple[Secret, Purpose]]:
    purposes = purposes_of(saved)
    return frozenset((secret, purposes[place]) for place, secret in secrets_of(saved).items() if secret)


def without_values(profile: Profile, secrets: Iterable[Secret]) -> Profile:
    """The profile with the names alone of these secrets."""
    unkept = frozenset(secrets)
    return with_secrets(profile, lambda _, secret: secret.without_value() if secret in unkept else secret)


def with_values(saved: Profile, draft: Profile, secrets: Collection[Secret]) -> Profile:
    """What counts as saved once these secrets are kept: their values, where the draft still has them."""
    there = secrets_of(draft)

    def value(place: str, secret: Secret) -> Secret:
        now = there.get(place)
        return now if now is not None and now in secrets and now.reference == secret.reference else secret

    return with_secrets(saved, value)


def with_names_of(profile: Profile, saved: Profile) -> Profile:
    """A draft from before it was saved: what was typed has got a name since."""
    there = secrets_of(saved)

    def name(place: str, secret: Secret) -> Secret:
        known = there.get(place)
        return known if known is not None and secret and known.data == secret.data else secret

    return with_secrets(profile, name)


def unused(wanted: Iterable[Wanted], entries: Iterable[StoredProfile], draft: Profile) -> tuple[Wanted, ...]:
    """Those that may be removed: made by Parley, and not in any profile. None while one of them cannot be read."""
    listed = tuple(entries)
    if any(entry.profile is None for entry in listed):
        return ()
    used = _all_references(listed) | references_of(draft)
    return tuple(each for each in wanted if is_own_reference(each.reference) and each.reference not in used)


def _all_references(entries: Iterable[StoredProfile]) -> frozenset[str]:
    return frozenset().union(*(references_of(entry.profile) for entry in entries if entry.profile is not None))


# --- words -----------------------------------------------------------------------------------------------------------


def words_of_keeping(kept: Kept, profile: Profile, secrets: Collection[Secret]) -> str:
    """What the person has to know of it; nothing where all went well."""
    missing = [s for s in secrets if kept.problem or s.reference in kept.failures]
    if not missing:
        return ""
    what = " and ".join(words_of(place) for place, secret in secrets_of(profile).items() if secret in missing)
    it, stays = ("it", "It stays") if len(missing) == 1 else ("them", "They stay")
    if kept.problem:
        return (
            f"Saved without the {what}: {kept.problem}. Parley knows {it} until it is closed, and asks for {it} when "
            f"the profile needs {it} next."
        )
    return (
        f"Saved, but for the {what}: {kept.failures[missing[0].reference]}. {stays} here until Parley is closed: "
        "unlock the key store, or allow Parley to use it, and save again."
    )


def words_of_forgetting(kept: Kept) -> str:
    """The same of secrets that no profile needs any more."""
    if not kept.failures:
        return ""
    names = ", ".join(f"“{name}”" for name in kept.failures)
    reason = next(iter(kept.failures.values()))
    return f"The key store still has {names}, which no profile needs any more: {reason}. It can be removed there."
