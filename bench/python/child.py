"""The process of one Python contender: takes orders on stdin and answers on stdout. bench/child.ts says what they mean."""

import gc
import json
import os
import statistics
import sys
import time


def torch_with(threads):
    """PyTorch, told how many threads to use."""
    import torch

    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    return torch


def serve(make):
    """Serves until stdin ends. `make` gives a function that does one unit of work and returns a number or a list of them."""
    started = time.perf_counter()
    step = None
    for line in sys.stdin:
        try:
            order = json.loads(line)
            if order["do"] == "prepare":
                step = make()
                first = []
                for _ in range(max(1, order["checks"])):
                    value = step()
                    first.extend(value if isinstance(value, list) else [value])
                answer = {"first": first, "seconds": time.perf_counter() - started}
            else:
                answer = one_round(step, order)
        except Exception as error:  # whatever it is, the bench reports it and goes on without this contender
            answer = {"error": f"{type(error).__name__}: {error}"}
        print("@@" + json.dumps(answer), flush=True)


def one_round(step, order):
    """As `sample` in statistics.ts."""
    steps, seconds, least = order.get("steps"), order["seconds"], order["least"]
    gc.collect()
    cpu = time.process_time()
    samples, done, group = [], 0, steps or 1
    begin = now = time.perf_counter()
    while True:
        before = now
        for _ in range(group):
            step()
        now = time.perf_counter()
        done += group
        samples.append((now - before) * 1000 / group)
        if steps:
            break
        if group == 1 and now - before < 0.0005:
            group = max(1, round(0.001 / max(now - before, 1e-6)))
        if done >= least and now - begin >= seconds:
            break
    return {
        "median": statistics.median(samples),
        "min": min(samples),
        "steps": done,
        "cpu": time.process_time() - cpu,
        "rss": resident(),
    }


def resident():
    """Resident bytes: now on Linux, elsewhere the most there was."""
    try:
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
