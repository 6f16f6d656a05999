#!/usr/bin/env python3
"""Heddle from a terminal, by the client in heddle.py: chat, send the lines of standard input, or listen."""
import argparse, asyncio, os, select, ssl, stat, sys, threading, unicodedata

import heddle

try:
    import fcntl, termios
except ImportError:  # not Unix
    fcntl = None

MOST_LINE = 1 << 20  # bytes; no server takes more in a frame
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text):
    """What others wrote, as it may go to a terminal: what would control it or change the order is replaced."""
    return "".join(
        "\ufffd" if c != "\t" and (c in BIDI or unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")) else c for c in text
    )


def problem(what):
    print(f"! {printable(str(what))}", file=sys.stderr, flush=True)


def nobody_reads():
    """Whether the reader of standard output is gone, where that can be found out."""
    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(1, 0)
    return any(events & (select.POLLERR | select.POLLNVAL) for _, events in poll.poll(0))


def unread():
    """Bytes that the pipe behind standard output holds."""
    return int.from_bytes(fcntl.ioctl(1, termios.FIONREAD, bytes(4)), sys.byteorder)


async def show(line):
    """Prints a line. Into a pipe it waits for the reader to take it, as what is left there when that ends nobody has seen."""
    print(line, flush=True)
    while fcntl and stat.S_ISFIFO(os.fstat(1).st_mode) and unread():
        # A reader that has gone may have taken everything before: then it counts.
        if nobody_reads() and unread():
            raise BrokenPipeError("standard output is closed")
        await asyncio.sleep(0.001)


async def reader_gone():
    while not nobody_reads():
        await asyncio.sleep(0.5)
    raise BrokenPipeError("standard output is closed")


def lines_of(stream):
    """The lines of a stream of bytes; None stands for one that is too long or not UTF-8, which is said and not sent."""
    line, whole = stream.readline(MOST_LINE + 1), True
    while line:
        ended = line.endswith(b"\n")
        if whole and (ended or len(line) <= MOST_LINE):
            try:
                yield line.rstrip(b"\r\n").decode()
            except UnicodeDecodeError:
                problem("a line that is not UTF-8 is not sent")
                yield None
        elif whole:
            problem(f"a line of more than {MOST_LINE} bytes is not sent")
            yield None
        whole = ended
        line = stream.readline(MOST_LINE + 1)


async def typed():
    """The lines of standard input; a thread of its own waits for them, so that nothing else has to."""
    loop, lines = asyncio.get_event_loop(), asyncio.Queue(100)
    end = object()

    def put(line):
        asyncio.run_coroutine_threadsafe(lines.put(line), loop).result()

    def read():
        # Not sys.stdin, whose lock the interpreter wants when it ends.
        for line in lines_of(open(sys.stdin.fileno(), "rb", closefd=False)):
            put(line)
        put(end)

    threading.Thread(target=read, daemon=True).start()
    line = await lines.get()
    while line is not end:
        yield line
        line = await lines.get()


async def listen(client, count=None):
    """Prints messages, one a line, until `count` of them have come."""
    while count is None or count > 0:
        message = await client.__anext__()
        await show(f"{printable(message.sender)}: {printable(message.body.decode(errors='replace'))}")
        count = count and count - 1


async def send(client, recipient, texts):
    """Sends one message a text without waiting in between. Returns how many were not accepted."""
    receipts, failed = [], 0
    async for text in texts:
        try:
            if text is None:
                failed += 1
            else:
                receipts.append(await client.post(recipient, text.encode()))
        except ValueError as refused:
            problem(refused)
            failed += 1
        if len(receipts) >= heddle.UNANSWERED:
            failed += await report(receipts)
    return failed + await report(receipts)


async def report(receipts):
    problems = [each for each in await asyncio.gather(*receipts, return_exceptions=True) if isinstance(each, BaseException)]
    receipts.clear()
    for each in problems:
        problem(each)
    return len(problems)


async def converse(client):
    """Lines of the form `bob: hello` are sent."""
    async for line in typed():
        if line is None:
            continue
        recipient, colon, text = line.partition(":")
        try:
            if not colon:
                raise ValueError("write `name: text`")
            await client.send(recipient.strip(), text.strip().encode())
        except (heddle.Rejected, ValueError) as refused:
            problem(refused)


async def chat(client):
    """What is typed is sent, what arrives is printed."""
    both = {asyncio.ensure_future(listen(client)), asyncio.ensure_future(converse(client))}
    try:
        done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in both:
            task.cancel()
        await asyncio.gather(*both, return_exceptions=True)


def token_of(options):
    """The token; from a file it is read at each login, so that one that was renewed is used from then on."""
    if not options.token_file:
        return os.environ.get("HEDDLE_TOKEN", "").strip()

    def read():
        with open(options.token_file, encoding="ascii") as file:
            return file.read(10_000).strip()

    read()  # a file that is not there at all is a mistake
    return read


async def run(options):
    tls = ssl.create_default_context(cafile=options.ca) if options.tls or options.ca else None
    port = options.port or (7443 if tls else 7400)
    client = heddle.Client(options.user, options.host, port, token_of(options), options.cursor, tls)
    client.on_lost = lambda why: problem(f"no connection, trying again: {why!r}")
    async with client:
        if options.mode == "listen":
            work = listen(client, options.count)
        else:
            work = send(client, options.to, typed()) if options.mode == "send" else chat(client)
        working, gone = asyncio.ensure_future(work), asyncio.ensure_future(reader_gone())
        try:
            await asyncio.wait({working, client._life, gone}, return_when=asyncio.FIRST_COMPLETED)
            for ended in (working, client._life, gone):
                if ended.done():
                    return ended.result()
        finally:
            for task in (working, gone):
                task.cancel()
            await asyncio.gather(working, gone, return_exceptions=True)


def main():
    parser = argparse.ArgumentParser(description="A Heddle client. The environment's HEDDLE_TOKEN is the token.")
    parser.add_argument("user", help="log in as")
    parser.add_argument("mode", nargs="?", choices=["chat", "send", "listen"], default="chat")
    parser.add_argument("to", nargs="?", help="send: the recipient; messages are the lines of standard input")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, help="7400, and over TLS 7443")
    parser.add_argument("--tls", action="store_true", help="over TLS, with a server certified by a known authority")
    parser.add_argument("--ca", metavar="FILE", help="over TLS, with a server certified by what is in this file")
    parser.add_argument("--token-file", metavar="FILE", help="the token is there, not in HEDDLE_TOKEN")
    parser.add_argument("--cursor", metavar="FILE", help="remember here what has been dealt with")
    parser.add_argument("--count", type=int, help="listen: end after so many messages")
    options = parser.parse_args()
    if options.mode == "send" and not options.to:
        parser.error("send needs a recipient")
    try:
        sys.exit(1 if asyncio.run(run(options)) else 0)
    except (heddle.Goodbye, OSError, ValueError) as why:
        try:
            sys.stdout.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or the interpreter complains once more
        sys.exit(f"heddle: {printable(str(why))}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
