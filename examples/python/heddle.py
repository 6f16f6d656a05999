#!/usr/bin/env python3
"""A Heddle client in one file, written from the wire protocol alone. Python 3.8 or later, nothing to install.

    async with heddle.Client("alice") as alice:
        await alice.send("bob", b"hello")        # returns once the message is stored
        async for message in alice:              # each message once, in order
            print(message.sender, message.body)
"""
import argparse, asyncio, os, random, struct, sys, threading
from collections import OrderedDict, deque
from typing import NamedTuple

LOGIN, SEND, ACK, QUERY, WATCH, UNWATCH, SIGNAL, PING, LOGOUT = range(0x01, 0x0A)
WELCOME, ACCEPTED, DELIVER, PRESENCE, SIGNALLED, PONG, REJECTED, GOODBYE = range(0x81, 0x89)
DUPLICATE, TOO_LARGE, BYE = 1, 4, 112
FINAL = {100, 101, 102, 105, 106, 111, BYE}  # goodbyes after which trying again makes no sense
UNANSWERED, UNANSWERED_BYTES = 10_000, 16 << 20  # sending waits while so much has no receipt: the client's ceiling


class Message(NamedTuple):
    seq: int  # place in the inbox, strictly increasing
    id: int  # the sender's
    accepted_at: int  # ms since 1970
    sent_before: bool
    sender: str
    body: bytes


class Presence(NamedTuple):
    user: str
    state: str  # "offline", "online" or "never seen"
    last_seen: int  # ms since 1970, 0: never


class Rejected(Exception):
    def __init__(self, code, reason):
        super().__init__(f"rejected ({code}): {reason}")
        self.code = code


class Goodbye(Exception):
    def __init__(self, code, retry_after, reason):
        super().__init__(f"goodbye ({code}): {reason}")
        self.code, self.retry_after = code, retry_after


def frame(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">IB", 1 + len(body), kind) + body


def name(user):
    utf8 = user.encode()
    if not 1 <= len(utf8) <= 128:
        raise ValueError("a user name has 1 to 128 bytes")
    return bytes([len(utf8)]) + utf8


def split(data):
    """A str, and what follows it."""
    end = 1 + data[0]
    return data[1:end].decode(), data[end:]


class Client:
    """One user's session; used from the coroutines of one event loop. It reconnects by itself.

    The cursor says up to which message the inbox has been dealt with. Keep it yourself (pass `cursor`, read
    `client.cursor`), or name a `cursor_file`. A message counts as dealt with when the next one is asked for, or,
    with auto_ack=False, when you say client.ack(message.seq).
    """

    def __init__(self, user, host="127.0.0.1", port=7400, token=b"", cursor=0, cursor_file=None, auto_ack=True):
        self.user, self.host, self.port, self.token, self.auto_ack = user, host, port, token, auto_ack
        self.cursor, self.cursor_file = cursor, cursor_file
        if cursor_file and os.path.exists(cursor_file):
            with open(cursor_file) as file:
                self.cursor = int(file.read())
        self.on_presence = self.on_signal = lambda *what: None  # called with a Presence; with sender and body
        self._writer = None  # set while logged in
        self._new = deque()  # (frame body, receipt): not sent yet, so without an id
        self._sent = OrderedDict()  # id -> the same, in the order of ids
        self._bytes = self._next_id = self._last_tag = 0
        self._queries, self._watched = {}, {}
        self._arrived, self._seen, self._current = deque(), self.cursor, 0
        self._delivered = self._acked = 0  # on this connection

    # ---- what a caller uses ----

    async def connect(self):
        """Returns when logged in; a server that cannot be reached is tried again until it can."""
        self._news, self._room, self._welcomed = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._turn = asyncio.Lock()
        self._life = asyncio.ensure_future(self._live())
        welcomed = asyncio.ensure_future(self._welcomed.wait())
        await asyncio.wait({welcomed, self._life}, return_when=asyncio.FIRST_COMPLETED)
        welcomed.cancel()
        if self._life.done():
            self._life.result()  # raises why
        return self

    async def close(self):
        """Logs out. Receipts that are still open fail."""
        self._deal_with_current()
        if self._writer:
            self._write(frame(LOGOUT))
            await asyncio.wait({self._life}, timeout=2)
        self._life.cancel()
        await asyncio.gather(self._life, return_exceptions=True)

    async def post(self, recipient, body):
        """Puts a message on its way. Returns the receipt: a future of the message's id, which may fail with Rejected."""
        message = name(recipient) + body
        async with self._turn:  # the order of the calls is the order of the ids
            while self._is_full(len(message)) and not self._life.done():
                self._room.clear()
                await self._room.wait()
            self._check_alive()
            receipt = asyncio.get_event_loop().create_future()
            self._bytes += len(message)
            self._new.append((message, receipt))
            self._send_new()
            return receipt

    def _is_full(self, length):
        messages = len(self._sent) + len(self._new)
        return messages >= UNANSWERED or (messages and self._bytes + length > UNANSWERED_BYTES)

    async def send(self, recipient, body):
        """Sends a message. Returns its id once it is stored, or raises Rejected."""
        return await (await self.post(recipient, body))

    async def receive(self, timeout=None):
        """The next message; None if none came in so many seconds. Raises Goodbye when the client has ended."""
        self._deal_with_current()
        if not self._arrived and not self._life.done():
            self._news.clear()
            news = asyncio.ensure_future(self._news.wait())
            await asyncio.wait({news, self._life}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            news.cancel()
        if not self._arrived:
            self._check_alive()
            return None
        message = self._arrived.popleft()
        self._current = message.seq
        return message

    def ack(self, seq):
        """Everything up to this message has been dealt with: remembered here first, then said to the server."""
        if seq > self.cursor:
            self.cursor = seq
            if self.cursor_file:
                with open(self.cursor_file + ".new", "w") as file:
                    file.write(f"{seq}\n")
                os.replace(self.cursor_file + ".new", self.cursor_file)
            self._write_ack()

    async def query(self, user):
        """The presence of a user, now."""
        self._check_alive()
        self._last_tag += 1  # never 0, which marks the answers to WATCH
        answer = asyncio.get_event_loop().create_future()
        question = frame(QUERY, struct.pack(">I", self._last_tag), name(user))
        self._queries[self._last_tag] = question, answer  # asked again on the next connection if this one ends first
        self._write(question)
        return await answer

    def watch(self, user):
        self._watched[user] = frame(WATCH, name(user))
        self._write(self._watched[user])

    def unwatch(self, user):
        if self._watched.pop(user, None):
            self._write(frame(UNWATCH, name(user)))

    def signal(self, recipient, body):
        """For typing marks: never stored, dropped if either side is away."""
        self._write(frame(SIGNAL, name(recipient), body))

    async def __aenter__(self):
        return await self.connect()

    async def __aexit__(self, failure, *details):
        if failure:
            self._current = 0  # the last message was not dealt with
        await self.close()

    def __aiter__(self):
        return self

    async def __anext__(self):
        return await self.receive()

    # ---- writing; the transport buffers, and post()'s ceiling bounds what it buffers ----

    def _write(self, data):
        if self._writer:
            self._writer.write(data)

    def _send_new(self):
        # A message gets its id when a connection first takes it: ids have to start at WELCOME's firstId.
        while self._writer and self._new:
            message, receipt = self._new.popleft()
            self._sent[self._next_id] = message, receipt
            if 9 + len(message) > self._limit:  # the server would end the connection for it
                self._finish(self._next_id, Rejected(TOO_LARGE, "larger than a frame may be"))
            else:
                self._write(frame(SEND, struct.pack(">Q", self._next_id), message))
            self._next_id += 1

    def _write_ack(self):
        # ACK may not go beyond what *this* connection delivered. After a reconnect a message of the connection before
        # may be acknowledged while the server has yet to deliver it again: that part of the ACK waits.
        due = min(self.cursor, self._delivered)
        if due > self._acked and self._writer:
            self._acked = due
            self._write(frame(ACK, struct.pack(">Q", due)))

    def _deal_with_current(self):
        if self.auto_ack:
            self.ack(self._current)

    # ---- the life of the client: one connection after the other ----

    async def _live(self):
        why, pause = None, 0.05
        try:
            while True:
                why, retry_after, self._welcomed_here = None, 0, False
                try:
                    await self._connection()
                except Goodbye as goodbye:
                    why, retry_after = goodbye, goodbye.retry_after / 1000
                    if goodbye.code in FINAL:
                        raise
                except (OSError, EOFError, asyncio.TimeoutError) as lost:
                    why = lost
                pause = 0.05 if self._welcomed_here else min(2 * pause, 10)
                await asyncio.sleep(max(retry_after, pause * random.uniform(0.5, 1)))
        finally:
            error = why or ConnectionError("the client was closed")
            waiting = list(self._sent.values()) + list(self._new) + list(self._queries.values())
            for _, future in waiting:
                if not future.done():
                    future.set_exception(error)
                    future.exception()  # no warning if nobody looks
            self._room.set()

    async def _connection(self):
        reader, writer = await asyncio.wait_for(asyncio.open_connection(self.host, self.port), 5)
        heartbeat = None
        try:
            self._acked, self._delivered = self.cursor, 0
            login = struct.pack(">B", 1) + name(self.user) + struct.pack(">QH", self.cursor, len(self.token)) + self.token
            writer.write(frame(LOGIN, login))
            self._limit = 1 << 20
            kind, body = await asyncio.wait_for(self._read(reader), 10)
            if kind != WELCOME:
                self._handle(kind, body)
                raise ConnectionError("no WELCOME")
            _, _, first_id, _, self._limit, seconds, _ = struct.unpack(">BQQIIHQ", body)
            self._next_id = max(self._next_id, first_id)
            self._writer = writer
            # First what the server has not answered, with the old ids and in the old order; then what is new.
            for id, (message, _) in self._sent.items():
                self._write(frame(SEND, struct.pack(">Q", id), message))
            self._send_new()
            for again in [*self._watched.values(), *(question for question, _ in self._queries.values())]:
                self._write(again)
            self._write_ack()
            self._welcomed_here = True
            self._welcomed.set()
            heartbeat = asyncio.ensure_future(self._beat(writer, seconds / 3))
            while True:
                self._handle(*await self._read(reader))
        finally:
            self._writer = None
            if heartbeat:
                heartbeat.cancel()
            writer.transport.abort()

    async def _beat(self, writer, seconds):
        """Says that we are there, and ends a connection whose other side no longer answers."""
        while True:
            self._heard = False
            self._write(frame(PING, bytes(8)))
            await asyncio.sleep(seconds)
            if not self._heard:
                return writer.transport.abort()

    async def _read(self, reader):
        length = int.from_bytes(await reader.readexactly(4), "big")
        if not 1 <= length <= self._limit:
            raise ConnectionError(f"a frame of {length} bytes")
        data = await reader.readexactly(length)
        self._heard = True
        return data[0], data[1:]

    def _handle(self, kind, body):
        if kind == DELIVER:
            seq, id, accepted_at, flags = struct.unpack_from(">QQQB", body)
            self._delivered = seq
            if seq > self._seen:  # otherwise we have it already, and did not come to say so
                self._seen = seq
                self._arrived.append(Message(seq, id, accepted_at, bool(flags & 1), *split(body[25:])))
                self._news.set()
            self._write_ack()
        elif kind == ACCEPTED:  # cumulative
            (id,) = struct.unpack(">Q", body)
            while self._sent and next(iter(self._sent)) <= id:
                self._finish(next(iter(self._sent)))
        elif kind == REJECTED:
            id, code = struct.unpack_from(">QH", body)
            # A message that was sent again and had been stored the first time is a success.
            self._finish(id, None if code == DUPLICATE else Rejected(code, body[10:].decode()))
        elif kind == PRESENCE:
            tag, state, last_seen = struct.unpack_from(">IBQ", body)
            presence = Presence(split(body[13:])[0], ("offline", "online", "never seen")[state], last_seen)
            if tag == 0:
                self.on_presence(presence)
            elif tag in self._queries:
                _, answer = self._queries.pop(tag)
                if not answer.done():
                    answer.set_result(presence)
        elif kind == SIGNALLED:
            self.on_signal(*split(body))
        elif kind == GOODBYE:
            code, retry_after = struct.unpack_from(">HI", body)
            raise Goodbye(code, retry_after, body[6:].decode())

    def _finish(self, id, rejection=None):
        message, receipt = self._sent.pop(id, (b"", None))
        self._bytes -= len(message)
        self._room.set()
        if receipt and not receipt.done():
            if rejection:
                receipt.set_exception(rejection)
            else:
                receipt.set_result(id)

    def _check_alive(self):
        if self._life.done():
            raise (not self._life.cancelled() and self._life.exception()) or ConnectionError("the client was closed")


# ---- the command line ----


async def typed():
    """The lines of standard input; a thread of its own waits for them, so that nothing else has to."""
    loop, queue = asyncio.get_event_loop(), asyncio.Queue()
    room = threading.Semaphore(1000)

    def read():
        # Not sys.stdin, whose lock the interpreter wants when it ends.
        for line in open(sys.stdin.fileno(), encoding="utf-8", errors="replace", closefd=False):
            room.acquire()
            loop.call_soon_threadsafe(queue.put_nowait, line.rstrip("\r\n"))
        loop.call_soon_threadsafe(queue.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        line = await queue.get()
        if line is None:
            return
        room.release()
        yield line


async def listen(client, count=None):
    """Prints messages, one a line, until `count` of them have come."""
    while count is None or count > 0:
        message = await client.receive()
        print(f"{message.sender}: {message.body.decode(errors='replace')}", flush=True)
        count = count and count - 1


async def send(client, recipient, texts):
    """Sends one message a text without waiting in between. Returns how many were not accepted."""
    failed = 0

    def answered(text, receipt):
        nonlocal failed
        if receipt.exception():
            failed += 1
            print(f"{text[:40]!r}: {receipt.exception()}", file=sys.stderr)

    receipts = deque()
    async for text in texts:
        receipt = await client.post(recipient, text.encode())
        receipt.add_done_callback(lambda receipt, text=text: answered(text, receipt))
        receipts.append(receipt)
        while receipts[0].done() and len(receipts) > 1:
            receipts.popleft()
    await asyncio.gather(*receipts, return_exceptions=True)
    return failed


async def chat(client):
    """Lines of the form `bob: hello` are sent; what arrives is printed."""

    async def talk():
        async for line in typed():
            recipient, colon, text = line.partition(":")
            try:
                if not colon:
                    raise ValueError("write `name: text`")
                await client.send(recipient.strip(), text.strip().encode())
            except (Rejected, ValueError) as problem:
                print(f"! {problem}", file=sys.stderr)

    both = [asyncio.ensure_future(talk()), asyncio.ensure_future(listen(client))]
    done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    for task in both:
        task.cancel()
    for task in done:
        task.result()


async def run(options):
    client = Client(options.user, options.host, options.port, os.environ.get("HEDDLE_TOKEN", "").encode(),
                    cursor_file=options.cursor)
    async with client:
        if options.mode == "listen":
            return await listen(client, options.count)
        if options.mode == "send":
            if not options.to:
                raise SystemExit("send needs a recipient")

            async def given():
                yield " ".join(options.text)

            return await send(client, options.to, given() if options.text else typed())
        return await chat(client)


def main():
    parser = argparse.ArgumentParser(description="A Heddle client. The environment's HEDDLE_TOKEN is the token.")
    parser.add_argument("user", help="log in as")
    parser.add_argument("mode", nargs="?", choices=["chat", "send", "listen"], default="chat")
    parser.add_argument("to", nargs="?", help="send: the recipient")
    parser.add_argument("text", nargs="*", help="send: the message; without it, one a line from standard input")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7400)
    parser.add_argument("--cursor", metavar="FILE", help="remember here what has been dealt with")
    parser.add_argument("--count", type=int, help="listen: end after so many messages")
    try:
        sys.exit(1 if asyncio.run(run(parser.parse_args())) else 0)
    except (Goodbye, OSError, ValueError) as problem:
        sys.exit(f"heddle: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
