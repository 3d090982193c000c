#!/usr/bin/env python3
"""The work of Go's BenchmarkRound in plain asyncio: one round of N sensors of 100 ms that are all due at once.

Two ways, both with the standard library only: sensors that await (asyncio.sleep), and sensors that block, which is
what drivers do (time.sleep in run_in_executor with the default pool, and with one thread per sensor as long as the
system gives that many). Prints one JSON object per line: {"mode", "sensors", "round_s", "ratio"}; ratio is the time of
the round in units of one sensor's 100 ms, the best of three rounds.

Usage: bench_asyncio.py [SENSORS ...]
"""

import asyncio
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

LATENCY = 0.1
ROUNDS = 3
# Above this the default pool is known to need minutes (sensors * 0.1 s / some 30 threads): not worth waiting for.
DEFAULT_POOL_LIMIT = 1000


async def awaiting():
    """A sensor that awaits, under a time-out as every read has one."""
    async with asyncio.timeout(10):
        await asyncio.sleep(LATENCY)
    return 21.5


def blocking():
    """A sensor that blocks."""
    time.sleep(LATENCY)
    return 21.5


async def in_executor(pool):
    """A blocking sensor on a thread."""
    loop = asyncio.get_running_loop()
    return await asyncio.wait_for(loop.run_in_executor(pool, blocking), 600)


async def measure(sensor, sensors):
    """Returns the seconds of the fastest round."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        values = await asyncio.gather(*(sensor() for _ in range(sensors)))
        best = min(best, time.perf_counter() - began)
        assert len(values) == sensors
    return best


def report(mode, sensors, seconds=None, error=None):
    """Prints one result."""
    line = {"mode": mode, "sensors": sensors}
    if error is None:
        line |= {"round_s": round(seconds, 4), "ratio": round(seconds / LATENCY, 3)}
    else:
        line |= {"round_s": None, "ratio": None, "error": error}
    print(json.dumps(line), flush=True)


def main():
    """Measures all modes for all counts."""
    for sensors in [int(a) for a in sys.argv[1:]] or [2, 100, 1000, 10_000]:
        report("await", sensors, asyncio.run(measure(awaiting, sensors)))
        if sensors <= DEFAULT_POOL_LIMIT:
            report("executor", sensors, asyncio.run(measure(lambda: in_executor(None), sensors)))
        try:
            with ThreadPoolExecutor(max_workers=sensors) as pool:
                seconds = asyncio.run(measure(lambda: in_executor(pool), sensors))
            report("executor_thread_per_sensor", sensors, seconds)
        except (RuntimeError, MemoryError) as error:  # no more threads
            report("executor_thread_per_sensor", sensors, error=str(error))


if __name__ == "__main__":
    main()
