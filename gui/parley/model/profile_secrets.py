"""Every secret of a profile in one walk: to fetch them from a key store, to put them there, or to leave them out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from parley.model.handle import KnownUser, UserIdentity
from parley.model.profile import Profile
from parley.model.secret import Secret
from parley.model.tls import Tls
from parley.ul.codes import UserIdentityType

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
    return replace(
        profile,
        scu=replace(scu, handle=replace(scu.handle, user_identity=identity), tls=_of_tls("scu.tls", scu.tls, change)),
        scp=replace(
            scp,
            handle=replace(scp.handle, identity_response=response),
            rules=replace(scp.rules, users=users),
            tls=_of_tls("scp.tls", scp.tls, change),
        ),
    )


def without_secrets(profile: Profile) -> Profile:
    """What a file keeps of a profile, and comes back from it: of secrets the references alone."""
    return with_secrets(profile, lambda _, secret: secret.without_value())


def is_user_name(identity: UserIdentity) -> bool:
    """Whether the primary field is the name of a user, which is no secret, in the text that it has to be."""
    if identity.identity_type not in {UserIdentityType.USERNAME, UserIdentityType.USERNAME_AND_PASSCODE}:
        return False
    try:
        identity.primary.data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _of_identity(place: str, identity: UserIdentity | None, change: Change) -> UserIdentity | None:
    if identity is None:
        return None
    primary = identity.primary if is_user_name(identity) else change(f"{place}.primary", identity.primary)
    return replace(identity, primary=primary, secondary=change(f"{place}.secondary", identity.secondary))


def _of_user(place: str, user: KnownUser, change: Change) -> KnownUser:
    return user if user.passcode is None else replace(user, passcode=change(f"{place}.passcode", user.passcode))


def _of_tls(place: str, tls: Tls | None, change: Change) -> Tls | None:
    return None if tls is None else replace(tls, passphrase=change(f"{place}.passphrase", tls.passphrase))
