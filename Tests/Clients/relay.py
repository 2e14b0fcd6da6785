"""Passing bytes from one connection to another."""

import socket


def shut(*ends):
    """Ends connections that may have ended."""
    for end in ends:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def relay(source, target, passes=lambda count: True):
    """Copies until an end, or until `passes` refuses a number of bytes; then ends both."""
    try:
        while (data := source.recv(1 << 14)) and passes(len(data)):
            target.sendall(data)
    except OSError:
        pass
    shut(source, target)
