#!/usr/bin/env python3
"""A client of the old protocol (docs/legacy.md) from a terminal: send the lines of standard input, listen, or ask.

    seq 1000 | python3 legacy.py alice send bob
    python3 legacy.py bob listen --count 1000
    python3 legacy.py bob status alice
"""
import argparse, itertools, socket, struct, sys

LOGIN, SEND, ACK, BATCH, GET_STATUS, STATUS, DELIVERY = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x10

MOST_LINE = 65535  # bytes: a length of 16 bits


def text(utf8):
    return struct.pack(">H", len(utf8)) + utf8


class Client:
    def __init__(self, user, host, port):
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = self.socket.makefile("rb")
        # In one write: LOGIN ends where the segment does.
        self.socket.sendall(bytes([LOGIN]) + user.encode())
        if self.read(9) != b"\x03LOGIN_OK":
            raise ConnectionError("no LOGIN_OK")

    def read(self, count):
        data = self.stream.read(count)
        if len(data) < count:
            raise ConnectionError("the server has ended the connection")
        return data

    def number(self, layout):
        return struct.unpack(layout, self.read(struct.calcsize(layout)))[0]

    def send(self, target, body):
        self.socket.sendall(bytes([SEND]) + text(target.encode()) + text(body))

    def send_all(self, target, bodies):
        blob = b"".join(map(text, bodies))
        self.socket.sendall(bytes([BATCH]) + text(target.encode()) + struct.pack(">I", len(blob)) + blob)

    def ack(self, id):
        self.socket.sendall(bytes([ACK]) + id)

    def ask(self, user):
        self.socket.sendall(bytes([GET_STATUS]) + text(user.encode()))

    def next(self):
        """What comes next: (DELIVERY, id, body) or (STATUS, user, online, seconds since 1970)."""
        kind = self.read(1)[0]
        name = self.read(self.number(">H"))
        if kind == DELIVERY:
            return kind, name, self.read(self.number(">I"))
        if kind == STATUS:
            return kind, name.decode(), self.read(1)[0] == 1, self.number(">Q")
        raise ConnectionError(f"the server said 0x{kind:02x}")

    def finish(self):
        """There is no receipt; but the server closes only when it has taken all that was sent, or has refused some of it."""
        self.socket.shutdown(socket.SHUT_WR)
        while self.stream.read(4096):
            pass


def lines_of(stream):
    """The lines of a stream without their ends; a longer one ends the sending, with those before it sent."""
    for line in iter(lambda: stream.readline(MOST_LINE + 2), b""):
        line = line.rstrip(b"\r\n")
        if len(line) > MOST_LINE:
            raise ValueError(f"a line of more than {MOST_LINE} bytes cannot be sent")
        yield line


def run(client, options):
    if options.mode == "send":
        lines = lines_of(sys.stdin.buffer)
        batch = list(itertools.islice(lines, 100))
        while batch:
            client.send_all(options.to, batch)
            batch = list(itertools.islice(lines, 100))
        client.finish()
    elif options.mode == "status":
        client.ask(options.to)
        kind, *answer = client.next()
        while kind != STATUS:  # a message, which stays unacknowledged, and so comes again
            kind, *answer = client.next()
        print(f"{answer[0]} is {'online' if answer[1] else 'away'}, {answer[2]}")
    else:
        seen, count = set(), options.count
        while count is None or count > 0:
            kind, id, *rest = client.next()
            if kind == DELIVERY:
                if id not in seen:
                    print(rest[0].decode(errors="replace"), flush=True)
                    seen.add(id)
                    count = count and count - 1
                client.ack(id)
        client.finish()


def main():
    parser = argparse.ArgumentParser(description="A client of the old protocol.")
    parser.add_argument("user", help="log in as")
    parser.add_argument("mode", choices=["send", "listen", "status"])
    parser.add_argument("to", nargs="?", help="send: the recipient; status: of whom")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8085)
    parser.add_argument("--count", type=int, help="listen: end after so many messages")
    options = parser.parse_args()
    if options.mode != "listen" and not options.to:
        parser.error(f"{options.mode} needs another user")
    try:
        run(Client(options.user, options.host, options.port), options)
    except (OSError, ValueError) as problem:
        sys.exit(f"legacy: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
