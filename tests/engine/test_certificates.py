"""What is told of a peer's certificate, whatever is in it."""

from cryptography import x509

from parley.engine.certificates import describe
from tests.fuzz.targets import CORPUS

DER = (CORPUS / "certificate" / "der").read_bytes()


def test_a_negative_serial_number_warns_nobody():
    """Devices have such. The suite makes errors of warnings, as `python -W error -m parley` does."""
    serial = x509.load_der_x509_certificate(DER).serial_number
    size = serial.bit_length() // 8 + 1
    odd = DER.replace(serial.to_bytes(size, "big"), b"\x80" + bytes(size - 1), 1)
    assert odd != DER
    assert describe(odd).subject == "CN=Parley test server"
