"""One plain example of each PDU, for tests to which the contents do not matter."""

from parley.ul.codes import APPLICATION_CONTEXT, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION, PduType
from parley.ul.pdu import (
    AAbort,
    AAssociateAc,
    AAssociateRj,
    AAssociateRq,
    ApplicationContext,
    AReleaseRp,
    AReleaseRq,
    ImplementationClassUid,
    MaximumLength,
    PDataTf,
    Pdu,
    Pdv,
    PresentationContextAc,
    PresentationContextRq,
    UserInformation,
)

USER_INFORMATION = UserInformation((MaximumLength(16384), ImplementationClassUid("1.2.3.4")))

RQ = AAssociateRq(
    "CALLED",
    "CALLING",
    (
        ApplicationContext(APPLICATION_CONTEXT),
        PresentationContextRq.of(1, VERIFICATION, (IMPLICIT_VR_LITTLE_ENDIAN,)),
        USER_INFORMATION,
    ),
)
AC = AAssociateAc(
    "CALLED",
    "CALLING",
    (
        ApplicationContext(APPLICATION_CONTEXT),
        PresentationContextAc.of(1, 0, IMPLICIT_VR_LITTLE_ENDIAN),
        USER_INFORMATION,
    ),
)
RJ = AAssociateRj(1, 1, 7)
DATA = PDataTf((Pdv(1, 3, b"some bytes"),))
RELEASE_RQ = AReleaseRq()
RELEASE_RP = AReleaseRp()
ABORT = AAbort(0, 0)

PDUS: dict[PduType, Pdu] = {
    PduType.A_ASSOCIATE_RQ: RQ,
    PduType.A_ASSOCIATE_AC: AC,
    PduType.A_ASSOCIATE_RJ: RJ,
    PduType.P_DATA_TF: DATA,
    PduType.A_RELEASE_RQ: RELEASE_RQ,
    PduType.A_RELEASE_RP: RELEASE_RP,
    PduType.A_ABORT: ABORT,
}
