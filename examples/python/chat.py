#!/usr/bin/env python3
"""Heddle from a terminal, by the client in heddle.py: chat, send the lines of standard input, or listen."""
import argparse, asyncio, os, ssl, sys, threading

import heddle


async def typed():
    """The lines of standard input; a thread of its own waits for them, so that nothing else has to."""
    loop, lines = asyncio.get_event_loop(), asyncio.Queue()

    def read():
        # Not sys.stdin, whose lock the interpreter wants when it ends.
        for line in open(sys.stdin.fileno(), encoding="utf-8", errors="replace", closefd=False):
            asyncio.run_coroutine_threadsafe(lines.put(line.rstrip("\r\n")), loop).result()
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    line = await lines.get()
    while line is not None:
        yield line
        line = await lines.get()


async def listen(client, count=None):
    """Prints messages, one a line, until `count` of them have come."""
    while count is None or count > 0:
        message = await client.__anext__()
        print(f"{message.sender}: {message.body.decode(errors='replace')}", flush=True)
        count = count and count - 1


async def send(client, recipient, texts):
    """Sends one message a text without waiting in between. Returns how many were not accepted."""
    receipts, failed = [], 0
    async for text in texts:
        receipts.append(await client.post(recipient, text.encode()))
        if len(receipts) >= heddle.UNANSWERED:
            failed += await report(receipts)
    return failed + await report(receipts)


async def report(receipts):
    problems = [each for each in await asyncio.gather(*receipts, return_exceptions=True) if isinstance(each, Exception)]
    receipts.clear()
    for problem in problems:
        print(f"! {problem}", file=sys.stderr)
    return len(problems)


async def chat(client):
    """Lines of the form `bob: hello` are sent; what arrives is printed."""
    listening = asyncio.ensure_future(listen(client))
    async for line in typed():
        recipient, colon, text = line.partition(":")
        try:
            if not colon:
                raise ValueError("write `name: text`")
            await client.send(recipient.strip(), text.strip().encode())
        except (heddle.Rejected, ValueError) as problem:
            print(f"! {problem}", file=sys.stderr)
    listening.cancel()


async def run(options):
    token = os.environ.get("HEDDLE_TOKEN", "")
    if options.token_file:
        with open(options.token_file, encoding="ascii") as file:
            token = file.read()
    tls = ssl.create_default_context(cafile=options.ca) if options.tls or options.ca else None
    port = options.port or (7443 if tls else 7400)
    async with heddle.Client(options.user, options.host, port, token.strip().encode(), options.cursor, tls) as client:
        if options.mode == "listen":
            work = listen(client, options.count)
        else:
            work = send(client, options.to, typed()) if options.mode == "send" else chat(client)
        working = asyncio.ensure_future(work)
        await asyncio.wait({working, client._life}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else client._life.result()


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
    except (heddle.Goodbye, OSError, ValueError) as problem:
        sys.exit(f"heddle: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
