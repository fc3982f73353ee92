"""What a supervisor such as systemd is told: ready, alive, stopping (`man 3 sd_notify`).

The protocol is a datagram to a socket that the environment names. Without that name nothing is
sent, so that the same program runs anywhere.
"""

import logging
import os
import socket
import sys

log = logging.getLogger(__name__)


def notify(*states: str) -> None:
    """Tell the supervisor, where there is one: `READY=1`, `WATCHDOG=1`, `STATUS=…`. Never fails."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if sys.platform == "win32" or not address.startswith(("/", "@")):
        return
    # An abstract socket is written with an @ in place of its first byte, which is 0.
    place = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        try:
            sender.sendto("\n".join(states).encode(), place)
        except OSError as error:
            log.warning("The supervisor was not reached: %s", error.strerror)
