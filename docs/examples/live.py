"""Print live readings. Needs nothing but Python 3.

    TOKEN=hyp_... python3 live.py [HOST:PORT]

A program of your own will rather use a WebSocket library; this shows that there is no magic in it.
"""
import base64
import json
import os
import socket
import struct
import sys


def connect(address, token):
    host, port = address.rsplit(":", 1)
    connection = socket.create_connection((host, int(port)))
    connection.sendall((
        "GET /api/v1/live HTTP/1.1\r\n"
        f"Host: {address}\r\nAuthorization: Bearer {token}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n"
        "Sec-WebSocket-Protocol: hypha.live.v1\r\n\r\n").encode())
    stream = connection.makefile("rb")
    status = stream.readline().decode().strip()
    while stream.readline() not in (b"\r\n", b""):
        pass
    if " 101 " not in status + " ":
        raise SystemExit("refused: " + status)
    return connection, stream


def send(connection, data, kind=1):
    """Send a text frame (1) or a pong (10); short ones only. Clients must mask what they send."""
    mask = os.urandom(4)
    length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
    connection.sendall(bytes([0x80 | kind]) + length + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))


def frames(connection, stream):
    """Yield the JSON frames; answer the server's pings."""
    while head := stream.read(2):
        kind, length = head[0] & 0x0F, head[1] & 0x7F
        if length == 126:
            length, = struct.unpack(">H", stream.read(2))
        elif length == 127:
            length, = struct.unpack(">Q", stream.read(8))
        data = stream.read(length)
        if kind == 1:
            yield json.loads(data)
        elif kind == 9:
            send(connection, data, 10)
        elif kind == 8:
            return


def main(address):
    connection, stream = connect(address, os.environ["TOKEN"])
    send(connection, json.dumps({"op": "subscribe", "topics": ["readings"]}).encode())
    for frame in frames(connection, stream):
        for channel, t, value, *quality in frame.get("readings", frame.get("r", [])):
            print(channel, t, value, *quality, flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "localhost:8080")
