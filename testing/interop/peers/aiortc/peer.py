"""aiortc behind the command line of the foreign peers, see ../README.md."""

import argparse
import asyncio
import json
import os
import resource
import sys
import time

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from media import Call

HIGH_WATER = 8 << 20
LOW_WATER = 2 << 20

parser = argparse.ArgumentParser()
parser.add_argument("--role", default="answer")
parser.add_argument("--signal", default=".")
parser.add_argument("--mode", default="echo", choices=["echo", "source", "sink", "ping", "play"])
parser.add_argument("--bytes", type=int, default=0)
parser.add_argument("--size", type=int, default=65536)
parser.add_argument("--count", type=int, default=1000)
parser.add_argument("--seconds", type=float, default=0)
parser.add_argument("--audio", default="")
parser.add_argument("--video", default="")
parser.add_argument("--loopback", action="store_true")
options = parser.parse_args()

outcome: asyncio.Future = None


def finish(values):
    if not outcome.done():
        outcome.set_result(values)


def guarded(coroutine):
    async def run():
        try:
            await coroutine
        except Exception as e:  # noqa: BLE001 - reported by main
            if not outcome.done():
                outcome.set_exception(e)

    return asyncio.ensure_future(run())


def write(name, description):
    target = os.path.join(options.signal, name)
    with open(target + ".part", "w") as f:
        json.dump({"type": description.type, "sdp": description.sdp}, f)
    os.rename(target + ".part", target)


async def read(name):
    target = os.path.join(options.signal, name)
    for _ in range(60_000):
        if os.path.exists(target):
            with open(target) as f:
                return RTCSessionDescription(**json.load(f))
        await asyncio.sleep(0.001)
    raise TimeoutError(f"no {target} after 60 s")


def opened(channel):
    future = asyncio.get_running_loop().create_future()
    if channel.readyState == "open":
        future.set_result(None)
    else:
        channel.on("open", lambda: future.done() or future.set_result(None))
    return future


async def room(channel):
    while channel.bufferedAmount > HIGH_WATER:
        await asyncio.sleep(0.005)


def echo(peer, call, channel):
    if channel.label == "control":

        async def leave():
            finish(await call.enough())

        @channel.on("message")
        def command(message):
            if message == "exit":
                guarded(leave())
                return
            init = json.loads(message)["open"]
            echo(
                peer,
                call,
                peer.createDataChannel(
                    init["label"],
                    protocol=init.get("protocol", ""),
                    ordered=init.get("ordered", True),
                    maxRetransmits=init.get("maxRetransmits"),
                    maxPacketLifeTime=init.get("maxPacketLifeTime"),
                    negotiated=init.get("negotiated", False),
                    id=init.get("id"),
                ),
            )

        return
    queue = asyncio.Queue()
    channel.on("message", queue.put_nowait)

    async def drain():
        while True:
            message = await queue.get()
            await room(channel)
            channel.send(message)

    guarded(drain())


async def source(channel, connect_ms):
    done = asyncio.get_running_loop().create_future()
    channel.on("message", lambda m: m == "ok" and not done.done() and done.set_result(None))
    message = bytes(options.size)
    began = time.perf_counter()
    sent = 0
    while (
        time.perf_counter() - began < options.seconds if options.seconds else sent < options.bytes
    ):
        await room(channel)
        channel.send(message)
        sent += len(message)
        await asyncio.sleep(0)
    channel.send("done")
    await done
    seconds = time.perf_counter() - began
    finish(
        {
            "connectMs": connect_ms,
            "bytes": sent,
            "seconds": seconds,
            "mbps": sent * 8e-6 / seconds,
        }
    )


def sink(channel, connect_ms):
    state = {"began": 0.0, "bytes": 0}

    @channel.on("message")
    def message(data):
        if not state["began"]:
            state["began"] = time.perf_counter()
        if data == "done":
            seconds = time.perf_counter() - state["began"]
            channel.send("ok")

            async def leave():
                await asyncio.sleep(0.5)
                finish(
                    {
                        "connectMs": connect_ms,
                        "bytes": state["bytes"],
                        "seconds": seconds,
                        "mbps": state["bytes"] * 8e-6 / seconds,
                    }
                )

            guarded(leave())
            return
        state["bytes"] += len(data)


async def ping(channel, connect_ms):
    answers = asyncio.Queue()
    channel.on("message", answers.put_nowait)
    message = bytes(options.size)
    times = []
    for i in range(options.count + options.count // 10):
        start = time.perf_counter()
        channel.send(message)
        await answers.get()
        if i >= options.count // 10:
            times.append((time.perf_counter() - start) * 1e6)
    times.sort()
    finish(
        {
            "connectMs": connect_ms,
            "p50Us": times[len(times) // 2],
            "p99Us": times[len(times) * 99 // 100],
        }
    )


async def main():
    global outcome
    outcome = asyncio.get_running_loop().create_future()
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    call = Call(peer, options.audio, options.video)
    start = time.perf_counter()

    def use(channel):
        if options.mode == "echo":
            echo(peer, call, channel)
        elif channel.label == "bulk":

            async def run():
                await opened(channel)
                connect_ms = (time.perf_counter() - start) * 1e3
                await (source if options.mode == "source" else ping)(channel, connect_ms)

            if options.mode == "sink":
                sink(channel, (time.perf_counter() - start) * 1e3)
            else:
                guarded(run())

    peer.on("datachannel", use)

    @peer.on("connectionstatechange")
    def changed():
        if peer.connectionState in ("failed", "closed") and not outcome.done():
            outcome.set_exception(RuntimeError(f"connection {peer.connectionState}"))

    if options.role == "offer":
        if options.mode == "play":

            async def watch():
                outcome.set_result(await call.enough())

            guarded(watch())
        else:
            use(peer.createDataChannel("bulk"))
        await peer.setLocalDescription(await peer.createOffer())
        write("offer.json", peer.localDescription)
        answer = await read("answer.json")
        start = time.perf_counter()
        await peer.setRemoteDescription(answer)
    else:
        offer = await read("offer.json")
        start = time.perf_counter()
        await peer.setRemoteDescription(offer)
        await peer.setLocalDescription(await peer.createAnswer())
        write("answer.json", peer.localDescription)
    values = await outcome
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "ok": True,
                **values,
                "cpuSeconds": usage.ru_utime + usage.ru_stime,
                "rssKb": usage.ru_maxrss,
            }
        ),
        flush=True,
    )
    os._exit(0)


try:
    asyncio.run(main())
except Exception as e:  # noqa: BLE001 - one line for the test's log
    print(f"{type(e).__name__}: {e}", file=sys.stderr)
    sys.exit(1)
