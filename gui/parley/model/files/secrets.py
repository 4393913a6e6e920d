"""Every secret of a profile in one walk: to fetch them from a key store, to put them there, or to leave them out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from parley.model.handle import KnownUser, UserIdentity
from parley.model.profile import Profile
from parley.model.secret import NO_SECRET, Secret
from parley.model.tls import Tls
from parley.ul.codes import UserIdentityType

_WORDS = {
    "user_identity.primary": "ticket, assertion or token",
    "user_identity.secondary": "passcode",
    "identity_response": "identity response",
    "tls.passphrase": "passphrase of the TLS key",
}
_USER = re.compile(r"rules\.users\[(\d+)]\.passcode")
_PREFIX = "parley-"
OWN_REFERENCE = _PREFIX + "[0-9a-f]{32}"
OLD_REFERENCE = r", SC[UP] [^\[\]\n]{1,60} \[[0-9a-f]{12}]"
"""What Parley calls secrets in the key store, and the end of what it called them earlier, as patterns."""

Change = Callable[[str, Secret], Secret]
"""From a secret's place, such as ``scu.user_identity.secondary`` or ``scp.rules.users[0].passcode``, and the secret."""


def with_secrets(profile: Profile, change: Change) -> Profile:
    """The profile with each secret replaced by what `change` makes of it; those that are off are not asked about."""
    scu, scp = profile.scu, profile.scp
    identity = _of_identity("scu.user_identity", scu.handle.user_identity, change)
    response = scp.handle.identity_response
    if response is not None:
        response = change("scp.identity_response", response)
    users = tuple(_of_user(f"scp.rules.users[{index}]", user, change) for index, user in enumerate(scp.rules.users))
    scu_tls, scp_tls = _of_tls("scu.tls", scu.tls, change), _of_tls("scp.tls", scp.tls, change)
    before = scu.handle.user_identity, scp.handle.identity_response, scp.rules.users, scu.tls, scp.tls
    if (identity, response, users, scu_tls, scp_tls) == before:
        return profile
    return replace(
        profile,
        scu=replace(scu, handle=replace(scu.handle, user_identity=identity), tls=scu_tls),
        scp=replace(
            scp,
            handle=replace(scp.handle, identity_response=response),
            rules=replace(scp.rules, users=users),
            tls=scp_tls,
        ),
    )


def secrets_of(profile: Profile) -> dict[str, Secret]:
    """Every secret of a profile by its place, those without a value and without a reference too."""
    found: dict[str, Secret] = {}

    def look(place: str, secret: Secret) -> Secret:
        found[place] = secret
        return secret

    with_secrets(profile, look)
    return found


def references_of(profile: Profile) -> frozenset[str]:
    """The names of its secrets in the key store."""
    return frozenset(secret.reference for secret in secrets_of(profile).values() if secret.reference)


def with_references(profile: Profile, is_kept: Callable[[str, Secret], bool], token: Callable[[], str]) -> Profile:
    """The profile with a new name for each secret that was typed.

    A secret never gets the name of another: what is kept under that may be somebody else's.

    Args:
        is_kept: whether the secret of that place is in the key store, for what it is wanted for, under its name.
        token: gives 32 random hexadecimal digits.
    """

    def name(place: str, secret: Secret) -> Secret:
        return secret if not secret or is_kept(place, secret) else Secret(secret.data, _PREFIX + token())

    return with_secrets(profile, name)


def without_references(profile: Profile) -> Profile:
    """What leaves this machine of a profile, and what a copy has of it: no secret, and no name of one."""
    return with_secrets(profile, lambda _place, _secret: NO_SECRET)


def is_own_reference(reference: str) -> bool:
    """Whether Parley has made it, so that nothing else is meant by it."""
    return re.fullmatch(OWN_REFERENCE, reference) is not None or is_old_reference(reference)


def is_old_reference(reference: str) -> bool:
    """Whether an earlier Parley has made it, which did not write down what a secret is for."""
    return re.search(OLD_REFERENCE + r"\Z", reference) is not None


def words_of(place: str) -> str:
    """What the secret of that place is, for a person."""
    side, _, rest = place.partition(".")
    if found := _USER.fullmatch(rest):
        return f"{side.upper()} passcode of user {int(found[1]) + 1}"
    return f"{side.upper()} {_WORDS[rest]}"


def without_secrets(profile: Profile) -> Profile:
    """What a file keeps of a profile, and comes back from it: of secrets the references alone."""
    return with_secrets(profile, lambda _, secret: secret.without_value())


def is_user_name(identity: UserIdentity) -> bool:
    """Whether the primary field is the name of a user, which is no secret, in the text that it has to be."""
    if identity.identity_type not in {UserIdentityType.USERNAME, UserIdentityType.USERNAME_AND_PASSCODE}:
        return False
    if identity.primary.is_unfetched:
        return False
    try:
        identity.primary.data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _of_identity(place: str, identity: UserIdentity | None, change: Change) -> UserIdentity | None:
    if identity is None:
        return None
    # What it may have been before it was a user's name had a name in the key store.
    of_user = is_user_name(identity)
    primary = Secret(identity.primary.data) if of_user else change(f"{place}.primary", identity.primary)
    return replace(identity, primary=primary, secondary=change(f"{place}.secondary", identity.secondary))


def _of_user(place: str, user: KnownUser, change: Change) -> KnownUser:
    return user if user.passcode is None else replace(user, passcode=change(f"{place}.passcode", user.passcode))


def _of_tls(place: str, tls: Tls | None, change: Change) -> Tls | None:
    return None if tls is None else replace(tls, passphrase=change(f"{place}.passphrase", tls.passphrase))
