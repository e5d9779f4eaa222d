"""The studio: what its workers make, what they may do to it (nothing), and what is left of them (nothing).

`craft` is what a worker runs in some of these tests in place of the real one: it does to its process what the body says.
"""

import asyncio
import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from raster.pictures import REFUSED, SOUND, saved

from placeholder.raster.master import Master, Undecodable, clean
from placeholder.raster.studio import MAX_BODY, Studio
from placeholder.values.size import Size

SIZE = Size(30, 20)
LONGEST_STALL_S = 0.015
ATTEMPTS = 40

CRAFT = """
import base64, ctypes, os, re, resource, signal, time
from placeholder.raster.master import Master, Undecodable, clean as real, rehearse
from placeholder.values.size import Size

LIBC = ctypes.CDLL(None, use_errno=True)


def told(png, text):
    return Master(png, base64.b64encode(text.encode()).decode(), "data:image/webp;base64,AAAA")


def clean(body, size):
    order, _, png = body.partition(b"\\n")
    master = real(png, size)
    match order.decode().split():
        case ["hang"]:
            while True:
                pass
        case ["hang", "in", "C"]:
            re.match(r"(a+)+$", "a" * 60 + "b")
        case ["hang", "deaf"]:
            signal.pthread_sigmask(signal.SIG_BLOCK, set(range(1, 60)))
            time.sleep(600)
        case ["signal", name]:
            os.kill(os.getpid(), getattr(signal, name))
        case ["die", "in", "C"]:
            ctypes.string_at(1)
        case ["leave"]:
            os._exit(0)
        case ["raise"]:
            raise ZeroDivisionError
        case ["devour"]:
            bytearray(2 << 30)
        case ["hoard"]:
            hoard = []
            while True:
                hoard.append(bytearray(16 << 20))
        case ["print"]:
            print("hello", flush=True)
            os.system("echo hello")
            return master
        case ["babble"]:
            for number in range(3, 9):
                try:
                    os.write(number, b"\\xff" * 64)
                except OSError:
                    pass
            time.sleep(600)
        case ["lie", "script"]:
            return Master(master.png, master.thumbhash, 'data:image/webp;base64,"><script>')
        case ["lie", "hash"]:
            return Master(master.png, "'" + master.thumbhash, master.blur)
        case ["lie", "size"]:
            return real(png, Size(size.w + 1, size.h))
        case ["lie", "reason"]:
            raise Undecodable("a sentence of the decoder's")
        case ["name"]:
            return told(master.png, str(os.getpid()))
        case ["wait", seconds]:
            time.sleep(float(seconds))
            return told(master.png, str(os.getpid()))
        case ["look", name]:
            return told(master.png, os.environ.get(name, "nothing"))
        case ["connect"]:
            number = LIBC.socket(2, 1, 0)
            return told(master.png, f"{number} {os.strerror(ctypes.get_errno())}")
        case ["open"]:
            number = LIBC.open(b"/etc/hostname", 0)
            return told(master.png, f"{number} {os.strerror(ctypes.get_errno())}")
        case ["limits"]:
            limits = [resource.getrlimit(getattr(resource, "RLIMIT_" + name)) for name in ("AS", "NOFILE", "CORE", "FSIZE")]
            return told(master.png, " ".join(str(hard) for _, hard in limits))
    return master
"""


@pytest.fixture
def craft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "hostile_craft.py").write_text(CRAFT)
    monkeypatch.syspath_prepend(str(tmp_path))
    return "hostile_craft"


@pytest.fixture
def hostile(craft: str) -> Iterator[Studio]:
    studio = Studio(workers=1, seconds=1, craft=craft)
    yield studio
    studio.close()


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    studio = Studio(workers=2)
    yield studio
    studio.close()


def order(text: str) -> bytes:
    return text.encode() + b"\n" + saved("PNG")


async def told(studio: Studio, text: str) -> str:
    return base64.b64decode((await studio.clean(order(text), SIZE)).thumbhash).decode()


async def reason(studio: Studio, text: str) -> str:
    with pytest.raises(Undecodable) as refusal:
        await studio.clean(order(text), SIZE)
    return refusal.value.reason


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def until(condition: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


# ---------------------------------------------------------------- the same as without it


async def test_every_picture_comes_out_as_it_would_here(studio: Studio) -> None:
    for name, build in SOUND.items():
        body = build()
        assert await studio.clean(body, SIZE) == clean(body, SIZE), name


async def test_every_refusal_comes_out_as_it_would_here(studio: Studio) -> None:
    for name, (word, build) in REFUSED.items():
        body = build()
        with pytest.raises(Undecodable) as refusal:
            await studio.clean(body, SIZE)
        assert refusal.value.reason == (word if len(body) <= MAX_BODY else "size"), name


async def test_a_body_beyond_what_is_taken_in_is_not_sent() -> None:
    studio = Studio(workers=1, craft="no.such.module")
    with pytest.raises(Undecodable, match="size"):
        await studio.clean(bytes(MAX_BODY + 1), SIZE)
    studio.close()


# ---------------------------------------------------------------- what a picture may do to its worker


@pytest.mark.parametrize("how", ["hang", "hang in C"])
async def test_the_system_ends_a_worker_whose_time_is_up(hostile: Studio, how: str) -> None:
    await hostile.warm()
    start = time.perf_counter()
    assert await reason(hostile, how) == "time"
    assert 0.9 < time.perf_counter() - start < 3, "once, and not tried again"
    assert await hostile.clean(order("fine"), SIZE)


async def test_a_server_that_is_deaf_to_alarms_has_workers_that_are_not(craft: str) -> None:
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    studio = Studio(workers=1, seconds=0.5, craft=craft)
    try:
        await studio.warm()
        start = time.perf_counter()
        assert await reason(studio, "hang") == "time"
        assert time.perf_counter() - start < 3
    finally:
        studio.close()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
        signal.signal(signal.SIGALRM, before)


async def test_the_studio_ends_a_worker_that_shuts_itself_off_from_the_alarm(craft: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("placeholder.raster.studio._LATE", 2)
    studio = Studio(workers=1, seconds=0.5, craft=craft)
    assert await reason(studio, "hang deaf") == "time"
    studio.close()


@pytest.mark.parametrize(
    "how", ["signal SIGKILL", "signal SIGSEGV", "signal SIGABRT", "signal SIGTERM", "die in C", "leave", "raise"]
)
async def test_a_worker_that_dies_costs_its_picture_alone(hostile: Studio, how: str) -> None:
    assert await reason(hostile, how) == "crash"
    assert await hostile.clean(order("fine"), SIZE) == clean(saved("PNG"), SIZE)


@pytest.mark.parametrize("how", ["devour", "hoard"])
async def test_memory_ends_before_the_machine_s_does(craft: str, how: str) -> None:
    studio = Studio(workers=1, craft=craft)
    assert await reason(studio, how) == "memory"
    assert await studio.clean(order("fine"), SIZE)
    studio.close()


@pytest.mark.parametrize("how", ["babble", "lie script", "lie hash", "lie size"])
async def test_a_worker_that_lies_is_not_believed(hostile: Studio, how: str) -> None:
    assert await reason(hostile, how) in ("crash", "time")
    assert await hostile.clean(order("fine"), SIZE)


async def test_a_reason_is_one_of_our_words(hostile: Studio) -> None:
    assert await reason(hostile, "lie reason") == "crash"


async def test_what_a_library_prints_goes_nowhere(hostile: Studio) -> None:
    assert await hostile.clean(order("print"), SIZE) == clean(saved("PNG"), SIZE)


async def test_the_innocent_do_not_notice(craft: str) -> None:
    """Pictures that other workers are at, and those that wait."""
    studio = Studio(workers=2, seconds=1, craft=craft)
    orders = ["signal SIGKILL", "wait 0.2", "die in C", "wait 0.2", "hang", *["name"] * 10]
    outcomes = await asyncio.gather(*(studio.clean(order(text), SIZE) for text in orders), return_exceptions=True)
    words = [outcome.reason if isinstance(outcome, Undecodable) else type(outcome) for outcome in outcomes]
    assert words == ["crash", Master, "crash", Master, "time", *[Master] * 10]
    studio.close()


async def test_a_worker_killed_from_outside_is_replaced_unnoticed(hostile: Studio) -> None:
    """The system, short of memory, picks its victims: an idle worker, and one that is at a picture."""
    idle = int(await told(hostile, "name"))
    os.kill(idle, signal.SIGKILL)
    assert int(await told(hostile, "name")) != idle
    busy = int(await told(hostile, "name"))
    picture = asyncio.create_task(told(hostile, "wait 0.5"))
    await asyncio.sleep(0.2)
    os.kill(busy, signal.SIGKILL)
    assert int(await picture) != busy


# ---------------------------------------------------------------- what a worker may not


@pytest.mark.skipif(sys.platform != "linux", reason="other systems lack some of the limits")
async def test_a_worker_reaches_no_network_and_no_file(hostile: Studio) -> None:
    assert await told(hostile, "connect") == "-1 Too many open files"
    assert await told(hostile, "open") == "-1 Too many open files"
    assert await told(hostile, "limits") == f"{1 << 30} 0 0 0"


async def test_a_worker_knows_no_secret(craft: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PLACEHOLDER_SECRET", "REPLICATE_API_TOKEN", "AWS_SECRET_ACCESS_KEY", "HOME"):
        monkeypatch.setenv(name, "canary")
    studio = Studio(workers=1, craft=craft)
    for name in ("PLACEHOLDER_SECRET", "REPLICATE_API_TOKEN", "AWS_SECRET_ACCESS_KEY", "HOME"):
        assert await told(studio, f"look {name}") == "nothing"
    studio.close()


# ---------------------------------------------------------------- how many, how long


async def test_a_worker_is_used_again_and_in_time_replaced(hostile: Studio) -> None:
    seen = [await told(hostile, "name") for _ in range(102)]
    assert len(set(seen[:100])) == 1
    assert len(set(seen[100:])) == 1
    assert seen[99] != seen[100]


async def test_there_are_as_many_as_were_asked_for(craft: str) -> None:
    studio = Studio(workers=2, craft=craft)
    assert len({await task for task in [asyncio.create_task(told(studio, "wait 0.1")) for _ in range(8)]}) == 2
    studio.close()


async def test_a_warm_studio_has_its_worker_already(craft: str) -> None:
    studio = Studio(workers=1, craft=craft)
    await studio.warm()
    await studio.warm()
    start = time.perf_counter()
    first = await told(studio, "name")
    assert await told(studio, "name") == first
    assert time.perf_counter() - start < 1
    studio.close()


async def test_a_worker_that_does_not_start_is_not_the_picture_s_fault() -> None:
    studio = Studio(workers=1, craft="no.such.module")
    for work in (studio.warm(), studio.clean(saved("PNG"), SIZE)):
        with pytest.raises(RuntimeError, match="starts"):
            await work
    studio.close()


async def test_the_event_loop_keeps_its_beat() -> None:
    """What blocks the loop blocks it every time, whereas a busy machine does so now and then: one clean run of many tells."""
    studio, body = Studio(workers=1), saved("WEBP")
    await studio.warm()
    try:
        for _ in range(ATTEMPTS):
            cleaning = asyncio.create_task(studio.clean(body, Size(2048, 2048)))
            longest, last = 0.0, time.perf_counter()
            while not cleaning.done():
                await asyncio.sleep(0.001)
                now = time.perf_counter()
                longest, last = max(longest, now - last), now
            assert await cleaning
            if longest < LONGEST_STALL_S:
                return
        pytest.fail(f"at least {longest * 1e3:.0f} ms without a beat, {ATTEMPTS} times")
    finally:
        studio.close()


# ---------------------------------------------------------------- the end


async def test_closing_is_quick_and_leaves_nothing(craft: str) -> None:
    studio = Studio(workers=2, seconds=60, craft=craft)
    pids = {int(await task) for task in [asyncio.create_task(told(studio, "wait 0.1")) for _ in range(2)]}
    running = [asyncio.create_task(studio.clean(order("hang"), SIZE)) for _ in range(5)]
    await asyncio.sleep(0.2)
    start = time.perf_counter()
    studio.close()
    assert time.perf_counter() - start < 0.5
    outcomes = await asyncio.gather(*running, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {RuntimeError}, "not the pictures' fault"
    assert not any(alive(pid) for pid in pids)
    with pytest.raises(RuntimeError):
        await studio.clean(saved("PNG"), SIZE)
    studio.close()


SERVER = """
import asyncio, base64, sys
sys.path.insert(0, sys.argv[1])
from placeholder.raster.studio import Studio
from placeholder.values.size import Size

async def main():
    studio = Studio(workers=2, seconds=2, craft="hostile_craft")
    body = open(sys.argv[2], "rb").read()
    ask = lambda text: studio.clean(text + b"\\n" + body, Size(3, 2))
    for master in await asyncio.gather(ask(b"wait 0.2"), ask(b"wait 0.2")):
        print(base64.b64decode(master.thumbhash).decode(), flush=True)
    hanging = asyncio.create_task(ask(b"hang"))
    await asyncio.sleep(0.2)
    print("busy", flush=True)
    await hanging

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
async def test_the_workers_of_a_killed_server_end_by_themselves(craft: str, tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(saved("PNG"))
    command = [sys.executable, "-c", SERVER, str(tmp_path), str(tmp_path / "picture")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        workers = [int(server.stdout.readline()) for _ in range(2)]
        assert server.stdout.readline() == "busy\n"
        assert all(alive(worker) for worker in workers)
        server.kill()
    await until(lambda: sum(alive(worker) for worker in workers) < 2, 1)
    await until(lambda: not any(alive(worker) for worker in workers), 4)
