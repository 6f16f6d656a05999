"""A Heddle client in one file, written from docs/protocol.md alone. Python 3.8 or later, nothing to install.

    async with heddle.Client("alice") as alice:
        await alice.send("bob", b"hello")        # returns once the message is stored
        async for message in alice:              # each message once, in order
            print(message.sender, message.body)
"""
import asyncio, os, random, ssl, struct
from collections import deque, namedtuple

LOGIN, SEND, ACK, QUERY, WATCH, UNWATCH, SIGNAL, PING, LOGOUT = range(0x01, 0x0A)
WELCOME, ACCEPTED, DELIVER, PRESENCE, SIGNALLED, PONG, REJECTED, GOODBYE = range(0x81, 0x89)
DUPLICATE, BYE = 1, 112
FINAL = {100, 101, 102, 105, 106, 111, BYE}  # goodbyes after which coming back makes no sense
UNANSWERED = 1000  # messages on their way; sending waits while there are so many

Message = namedtuple("Message", "seq id accepted_at sent_before sender body")  # times in ms since 1970
Presence = namedtuple("Presence", "user state last_seen")


class Rejected(Exception):
    """(code, reason): the message is not stored."""


class Goodbye(Exception):
    """(code, ms after which to come back, reason): the server ended the session."""


def frame(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">IB", 1 + len(body), kind) + body


def name(user):
    utf8 = user.encode()
    if not 1 <= len(utf8) <= 128:
        raise ValueError("a user name has 1 to 128 bytes")
    return bytes([len(utf8)]) + utf8


def split(data):
    """A name, and what follows it."""
    end = 1 + data[0]
    return data[1:end].decode(), data[end:]


class Client:
    """One user's session, used from one event loop; it reconnects by itself. A message counts as dealt with when the next
    one is asked for; a cursor_file remembers that beyond this process."""

    def __init__(self, user, host="127.0.0.1", port=7400, token=b"", cursor_file=None, tls=None):
        self.user, self.host, self.port, self.token = user, host, port, token
        self.tls = tls  # an ssl.SSLContext, such as ssl.create_default_context(cafile=...); None: plain TCP
        self.on_presence = self.on_signal = lambda *what: None  # called with a Presence; with sender and body
        self.cursor, self.cursor_file = 0, cursor_file
        if cursor_file and os.path.exists(cursor_file):
            with open(cursor_file) as file:
                self.cursor = int(file.read())
        self._writer = None  # set while logged in
        self._sent = {}  # id -> (message, receipt), in the order of ids: what has had no answer yet
        self._queries, self._watched = {}, set()
        self._arrived = deque()  # messages not yet asked for
        self._current = self._delivered = self._acked = 0  # given out last; delivered and acknowledged on this connection
        self._next_id = self._last_tag = 0

    # ---- what a caller uses ----

    async def __aenter__(self):
        self._welcomed, self._room, self._news = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._turn = asyncio.Lock()
        self._life = asyncio.ensure_future(self._live())
        await self._until(self._welcomed)
        return self

    async def __aexit__(self, failure, *details):
        if not failure:
            self._deal_with(self._current)
        self._write(LOGOUT)
        await asyncio.wait({self._life}, timeout=2 if self._writer else 0)
        self._life.cancel()
        await asyncio.gather(self._life, return_exceptions=True)

    async def post(self, recipient, body):
        """Puts a message on its way. Returns a future of its id, done when it is stored, or failed with Rejected."""
        message = name(recipient) + body
        async with self._turn:  # the order of the calls is the order of the ids
            while not self._writer or len(self._sent) >= UNANSWERED:
                self._room.clear()
                await self._until(self._room)
            if 9 + len(message) > self._limit:
                raise ValueError("larger than a frame may be")
            receipt = asyncio.get_event_loop().create_future()
            self._sent[self._next_id] = message, receipt
            self._write(SEND, struct.pack(">Q", self._next_id), message)
            self._next_id += 1
            return receipt

    async def send(self, recipient, body):
        """Sends a message. Returns its id once it is stored, or raises Rejected."""
        return await (await self.post(recipient, body))

    def __aiter__(self):
        return self

    async def __anext__(self):
        self._deal_with(self._current)
        while not self._arrived:
            self._news.clear()
            await self._until(self._news)
        message = self._arrived.popleft()
        self._current = message.seq
        return message

    async def query(self, user):
        """The Presence of a user, now."""
        self._last_tag += 1  # never 0, which marks the answers to WATCH
        answer = asyncio.get_event_loop().create_future()
        self._queries[self._last_tag] = name(user), answer  # asked again on the next connection if this one ends first
        self._write(QUERY, struct.pack(">I", self._last_tag), name(user))
        await asyncio.wait({answer, self._life}, return_when=asyncio.FIRST_COMPLETED)
        return answer.result() if answer.done() else self._life.result()

    def watch(self, user):
        self._watched.add(user)
        self._write(WATCH, name(user))

    def unwatch(self, user):
        self._watched.discard(user)
        self._write(UNWATCH, name(user))

    def signal(self, recipient, body):
        """For typing marks: never stored, dropped if either side is away."""
        self._write(SIGNAL, name(recipient), body)

    # ---- the life of the client: one connection after the other ----

    def _write(self, kind, *parts):
        if self._writer:
            self._writer.write(frame(kind, *parts))

    def _deal_with(self, seq):
        """Remembered here first, and only then said to the server."""
        if seq > self.cursor:
            self.cursor = seq
            if self.cursor_file:
                with open(self.cursor_file + ".new", "w") as file:
                    file.write(f"{seq}\n")
                os.replace(self.cursor_file + ".new", self.cursor_file)
        # What an earlier connection delivered may be acknowledged on this one when it has come here, too.
        due = min(self.cursor, self._delivered)
        if due > self._acked:
            self._acked = due
            self._write(ACK, struct.pack(">Q", due))

    async def _until(self, event):
        """Waits for it, or fails as the client does."""
        waiting = asyncio.ensure_future(event.wait())
        await asyncio.wait({waiting, self._life}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._life.done():
            self._life.result()  # raises why

    async def _live(self):
        pause = 0.05
        try:
            while True:
                self._welcomed_here, retry_after = False, 0
                try:
                    await self._connection()
                except Goodbye as goodbye:
                    retry_after = goodbye.args[1] / 1000
                    if goodbye.args[0] in FINAL:
                        raise
                except ssl.SSLCertVerificationError:
                    raise  # somebody else's server
                except (OSError, EOFError, asyncio.TimeoutError):
                    pass  # lost, and made again
                pause = 0.05 if self._welcomed_here else min(2 * pause, 10)
                await asyncio.sleep(retry_after + pause * random.uniform(0.5, 1))
        finally:
            for _, future in [*self._sent.values(), *self._queries.values()]:
                future.cancel()

    async def _connection(self):
        reader, writer = await asyncio.wait_for(asyncio.open_connection(self.host, self.port, ssl=self.tls), 5)
        heartbeat = None
        try:
            self._arrived.clear()  # it comes again
            self._delivered, self._acked = 0, self.cursor
            token = struct.pack(">QH", self.cursor, len(self.token)) + self.token
            writer.write(frame(LOGIN, b"\1", name(self.user), token))
            kind, body = await asyncio.wait_for(self._read(reader), 10)
            if kind != WELCOME:
                self._handle(kind, body)
                raise EOFError("no WELCOME")
            _, _, first_id, _, self._limit, seconds, _ = struct.unpack(">BQQIIHQ", body)
            self._next_id, self._writer = max(self._next_id, first_id), writer
            for id, (message, _) in self._sent.items():  # first, with the old ids and in the old order
                self._write(SEND, struct.pack(">Q", id), message)
            for user in self._watched:
                self._write(WATCH, name(user))
            for tag, (user, _) in self._queries.items():
                self._write(QUERY, struct.pack(">I", tag), user)
            heartbeat = asyncio.ensure_future(self._beat(writer, seconds / 3))
            self._welcomed_here = True
            self._welcomed.set()
            self._room.set()
            while True:
                self._handle(*await self._read(reader))
        finally:
            self._writer = None
            if heartbeat:
                heartbeat.cancel()
            writer.transport.abort()

    async def _beat(self, writer, seconds):
        """Says that we are there, and ends a connection whose other side no longer answers."""
        self._heard = True
        while self._heard:
            self._heard = False
            self._write(PING, bytes(8))
            await asyncio.sleep(seconds)
        writer.transport.abort()

    async def _read(self, reader):
        length = int.from_bytes(await reader.readexactly(4), "big")
        data = await reader.readexactly(length)
        self._heard = True
        return data[0], data[1:]

    def _handle(self, kind, body):
        if kind == DELIVER:
            seq, id, accepted_at, flags = struct.unpack_from(">QQQB", body)
            self._delivered = seq
            if seq > self._current:
                self._arrived.append(Message(seq, id, accepted_at, bool(flags & 1), *split(body[25:])))
                self._news.set()
            self._deal_with(self.cursor)
        elif kind == ACCEPTED:  # cumulative
            (last,) = struct.unpack(">Q", body)
            for id in [id for id in self._sent if id <= last]:
                self._answer(self._sent.pop(id), id)
        elif kind == REJECTED:
            id, code = struct.unpack_from(">QH", body)
            # A message that was sent again and had been stored the first time is a success.
            self._answer(self._sent.pop(id), id if code == DUPLICATE else Rejected(code, body[10:].decode()))
        elif kind == PRESENCE:
            tag, state, last_seen = struct.unpack_from(">IBQ", body)
            presence = Presence(split(body[13:])[0], ("offline", "online", "never seen")[state], last_seen)
            if tag == 0:
                self.on_presence(presence)
            else:
                self._answer(self._queries.pop(tag), presence)
        elif kind == SIGNALLED:
            self.on_signal(*split(body))
        elif kind == GOODBYE:
            raise Goodbye(*struct.unpack_from(">HI", body), body[6:].decode())

    def _answer(self, waiting, answer):
        self._room.set()
        if not waiting[1].done():
            fails = isinstance(answer, Exception)
            (waiting[1].set_exception if fails else waiting[1].set_result)(answer)
