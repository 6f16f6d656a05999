"""A Heddle client in one file, written from docs/protocol.md alone. Python 3.8 or later, nothing to install.

    async with heddle.Client("alice") as alice:
        await alice.send("bob", b"hello")        # returns once the message is stored
        async for message in alice:              # each message once, in order
            print(message.sender, message.body)
"""
import asyncio, logging, os, random, ssl, struct, time
from collections import deque, namedtuple

LOGIN, SEND, ACK, QUERY, WATCH, UNWATCH, SIGNAL, PING, LOGOUT = range(0x01, 0x0A)
WELCOME, ACCEPTED, DELIVER, PRESENCE, SIGNALLED, PONG, REJECTED, GOODBYE = range(0x81, 0x89)
DUPLICATE, TOO_LARGE, AUTH_FAILED, BYE = 1, 4, 105, 112
FINAL = {100, 101, 102, 105, 106, 111, BYE}  # goodbyes after which coming back makes no sense
UNANSWERED, UNANSWERED_BYTES = 1000, 16 << 20  # messages on their way; sending waits while there are so many
GREETING_BYTES, FRAME_BYTES = 4096, 4 << 20  # most of a frame before WELCOME; and after it, whatever the server allows
FIRST_PAUSE, MOST_PAUSE = 0.05, 10  # seconds before connecting again

Message = namedtuple("Message", "seq id accepted_at sent_before sender body")  # times in ms since 1970
Presence = namedtuple("Presence", "user state last_seen")


class Rejected(Exception):
    """(code, reason): the message is not stored."""


class CallbackError(Exception):
    """The caller's own code raised its cause."""


class Goodbye(Exception):
    """(code, ms after which to come back, reason): the server ended the session."""


def frame(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">IB", 1 + len(body), kind) + body


def name(user):
    utf8 = user.encode()
    if not 1 <= len(utf8) <= 128 or any(byte < 0x20 or byte == 0x7F for byte in utf8):
        raise ValueError("a user name has 1 to 128 bytes of UTF-8 and no control characters")
    return bytes([len(utf8)]) + utf8


def split(data):
    """A name, and what follows it."""
    end = 1 + data[0]
    if end > len(data):
        raise ValueError("cut off")
    return data[1:end].decode(errors="replace"), data[end:]


def load_cursor(path):
    """The cursor in a file; 0 if there is none, or a power cut has left the file empty."""
    try:
        with open(path, "rb") as file:
            text = file.read(100).strip()
    except FileNotFoundError:
        return 0
    if text and (not text.isdigit() or int(text) >= 1 << 64):
        raise ValueError(f"no cursor in {path}")
    return int(text or 0)


class Client:
    """One user's session, used from one event loop; it reconnects by itself. A message counts as dealt with when the next
    one is asked for, or the client is left without an exception; a cursor_file remembers that beyond this process.

    The token is bytes, or a function that gives them: called at each login, and asked again after a token has expired.
    Whatever it raises, or a callback does, is told to on_failure and ends nothing; a login is then tried again later."""

    def __init__(self, user, host="127.0.0.1", port=7400, token=b"", cursor_file=None, tls=None):
        self.user, self.host, self.port, self.token = user, host, port, token
        self.tls = tls  # an ssl.SSLContext, such as ssl.create_default_context(cafile=...); None: plain TCP
        self.on_presence = self.on_signal = lambda *what: None  # called with a Presence; with sender and body
        self.on_lost = lambda why: None  # called with an exception: the connection is lost, and made again
        self.on_failure = lambda problem: logging.getLogger("heddle").error("a callback failed", exc_info=problem)
        self._name = name(user)
        self.cursor_file = cursor_file
        self.cursor = load_cursor(cursor_file) if cursor_file else 0
        self._writer = None  # set while logged in
        self._sent = {}  # id -> (message, receipt), in the order of ids: what has had no answer yet
        self._queries, self._watched = {}, set()
        self._arrived = deque()  # messages not yet asked for
        self._current = self._delivered = self._acked = 0  # given out last; delivered and acknowledged on this connection
        self._next_id = self._last_tag = self._bytes = 0
        self._limit = FRAME_BYTES

    # ---- what a caller uses ----

    async def __aenter__(self):
        self._welcomed, self._room, self._news = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._turn = asyncio.Lock()
        self._life = asyncio.ensure_future(self._live())
        await self._until(self._welcomed)
        return self

    async def __aexit__(self, failure, *details):
        try:
            if not failure:
                self._deal_with(self._current)
        finally:
            self._write(LOGOUT)
            await asyncio.wait({self._life}, timeout=2 if self._writer else 0)
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)

    async def post(self, recipient, body):
        """Puts a message on its way. Returns a future of its id, done when it is stored, or failed with Rejected."""
        message = name(recipient) + body
        async with self._turn:  # the order of the calls is the order of the ids
            while not self._writer or self._is_full(len(message)):
                self._room.clear()
                await self._until(self._room)
            if 9 + len(message) > self._limit:
                raise ValueError("larger than a frame may be")
            receipt = asyncio.get_event_loop().create_future()
            self._bytes += len(message)
            self._sent[self._next_id] = message, receipt
            self._write(SEND, struct.pack(">Q", self._next_id), message)
            self._next_id += 1
            return receipt

    def _is_full(self, length):
        sent = len(self._sent)
        return sent >= UNANSWERED or (sent and self._bytes + length > UNANSWERED_BYTES)

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
        self._write(WATCH, name(user))
        self._watched.add(user)

    def unwatch(self, user):
        self._write(UNWATCH, name(user))
        self._watched.discard(user)

    def signal(self, recipient, body):
        """For typing marks: never stored, dropped if either side is away. Raises ValueError if it does not fit a frame."""
        signal = name(recipient) + body
        if 1 + len(signal) > self._limit:
            raise ValueError("larger than a frame may be")
        self._write(SIGNAL, signal)

    # ---- the life of the client: one connection after the other ----

    def _write(self, kind, *parts):
        if self._writer:
            self._writer.write(frame(kind, *parts))

    def _deal_with(self, seq):
        """Remembered here first, as a whole or not at all, and only then said to the server."""
        if seq > self.cursor:
            if self.cursor_file:
                with open(self.cursor_file + ".new", "w") as file:
                    file.write(f"{seq}\n")
                os.replace(self.cursor_file + ".new", self.cursor_file)
            self.cursor = seq
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

    def _call(self, callback, *what):
        """Calls what is the caller's own."""
        try:
            return callback(*what)
        except Exception as problem:
            try:
                self.on_failure(problem)
            except Exception:
                logging.getLogger("heddle").exception("on_failure failed")
            raise CallbackError(f"{problem!r}") from problem

    def _tell(self, callback, *what):
        try:
            self._call(callback, *what)
        except CallbackError:
            pass  # it was reported, and there is nothing to repeat

    async def _live(self):
        pause, ending = FIRST_PAUSE, None
        try:
            while True:
                self._since, retry_after = None, 0
                try:
                    await self._connection()
                except Goodbye as goodbye:
                    retry_after = goodbye.args[1] / 1000
                    # A token that is renewed may come late; but who was never let in is told that the first one was wrong.
                    renewed = goodbye.args[0] == AUTH_FAILED and (self._since or callable(self.token))
                    if goodbye.args[0] in FINAL and not (renewed and self._welcomed.is_set()):
                        raise
                    self._tell(self.on_lost, goodbye)
                except ssl.SSLCertVerificationError:
                    raise  # somebody else's server
                except (OSError, EOFError, asyncio.TimeoutError, CallbackError) as lost:
                    self._tell(self.on_lost, lost)
                # A server that lets us in and hangs up is not to be asked more often than one that does not.
                if self._since and time.monotonic() - self._since > MOST_PAUSE:
                    pause = FIRST_PAUSE
                await asyncio.sleep(retry_after + pause * random.uniform(0.5, 1))
                pause = min(2 * pause, MOST_PAUSE)
        except BaseException as why:
            ending = why
            raise
        finally:
            for waiting in [*self._sent.values(), *self._queries.values()]:
                if isinstance(ending, Exception):
                    self._answer(waiting, ending)
                else:
                    waiting[1].cancel()

    async def _connection(self):
        reader, writer = await asyncio.wait_for(asyncio.open_connection(self.host, self.port, ssl=self.tls), 5)
        heartbeat = None
        try:
            self._arrived.clear()  # it comes again
            self._delivered, self._acked = 0, self.cursor
            token = self._call(self._next_token)
            writer.write(frame(LOGIN, b"\1", self._name, struct.pack(">QH", self.cursor, len(token)), token))
            kind, body = await asyncio.wait_for(self._read(reader, GREETING_BYTES), 10)
            if kind == GOODBYE:
                self._understand(kind, body)
            if kind != WELCOME or len(body) != 35 or body[0] != 1:
                raise ConnectionError("not a Heddle server")
            _, _, first_id, _, limit, seconds, _ = struct.unpack(">BQQIIHQ", body)
            self._limit = min(limit, FRAME_BYTES)
            self._next_id, self._writer = max(self._next_id, first_id), writer
            for id, (message, _) in list(self._sent.items()):  # first, with the old ids and in the old order
                if 9 + len(message) > self._limit:
                    self._finish(id, Rejected(TOO_LARGE, "larger than the server's frames"))
                else:
                    self._write(SEND, struct.pack(">Q", id), message)
            for user in self._watched:
                self._write(WATCH, name(user))
            for tag, (user, _) in self._queries.items():
                self._write(QUERY, struct.pack(">I", tag), user)
            heartbeat = asyncio.ensure_future(self._beat(writer, max(1, seconds) / 3))
            self._since = time.monotonic()
            self._welcomed.set()
            self._room.set()
            while True:
                self._understand(*await self._read(reader, self._limit))
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

    def _next_token(self):
        token = self.token() if callable(self.token) else self.token
        token = token.encode() if isinstance(token, str) else bytes(token)
        if len(token) > 3072:
            raise ValueError("a token has at most 3072 bytes")
        return token

    async def _read(self, reader, limit):
        head = await reader.readexactly(4)
        length = int.from_bytes(head, "big")
        if not 1 <= length <= limit:
            raise ConnectionError(f"a frame of {length} bytes" if self._since else f"not a Heddle server: it says {head!r}")
        data = await reader.readexactly(length)
        self._heard = True
        return data[0], data[1:]

    def _understand(self, kind, body):
        try:
            self._handle(kind, body)
        except (struct.error, LookupError, ValueError) as problem:
            raise ConnectionError("the server sent what is no frame of this protocol") from problem

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
            while self._sent and next(iter(self._sent)) <= last:
                id = next(iter(self._sent))
                self._finish(id, id)
        elif kind == REJECTED:
            id, code = struct.unpack_from(">QH", body)
            # A message that was sent again and had been stored the first time is a success.
            if id in self._sent:
                self._finish(id, id if code == DUPLICATE else Rejected(code, body[10:].decode(errors="replace")))
        elif kind == PRESENCE:
            tag, state, last_seen = struct.unpack_from(">IBQ", body)
            presence = Presence(split(body[13:])[0], ("offline", "online", "never seen")[state], last_seen)
            if tag == 0:
                self._tell(self.on_presence, presence)
            elif tag in self._queries:
                self._answer(self._queries.pop(tag), presence)
        elif kind == SIGNALLED:
            self._tell(self.on_signal, *split(body))
        elif kind == GOODBYE:
            raise Goodbye(*struct.unpack_from(">HI", body), body[6:].decode(errors="replace"))
        elif kind != PONG:
            raise ValueError("no such frame")

    def _finish(self, id, answer):
        waiting = self._sent.pop(id)
        self._bytes -= len(waiting[0])
        self._answer(waiting, answer)

    def _answer(self, waiting, answer):
        self._room.set()
        if not waiting[1].done():
            fails = isinstance(answer, Exception)
            (waiting[1].set_exception if fails else waiting[1].set_result)(answer)
