"""Executes one notebook headless with nbclient, for scripts/notebooks.mjs.

Says what it does as JSON lines on standard output (kernel, cell, done) and always leaves the notebook as far
as it came. Not a copy of `jupyter nbconvert --execute`, which writes nothing when a cell fails.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

# Errors thrown by timers and promises after the last cell need a cell to be reported in.
LAST_WORDS = "await new Promise((resolve) => setTimeout(resolve, 300));"

# Whether a signal has come.
stopping = False


def say(**event):
    print(json.dumps(event), flush=True)


def save(notebook, path):
    partial = path.with_suffix(".partial")
    nbformat.write(notebook, partial)
    os.replace(partial, path)


def error_output(cell):
    """The first error among a cell's outputs; the stock kernel prints unhandled ones on stderr instead."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            return {"name": output.ename, "message": output.evalue}
        if output.output_type == "stream" and output.name == "stderr":
            for line in output.text.splitlines():
                if line.startswith(("UncaughtException:", "UnhandledPromiseRejection:")):
                    return {"name": line.split(":")[0], "message": line}
    return None


def verdict(cell, error):
    """What a finished cell means for the run: an error dict, or None when all is as it should be."""
    expected = cell.metadata.get("raises")
    must_raise = expected or "raises-exception" in cell.metadata.get("tags", [])
    if not must_raise:
        return error
    if error is None:
        return {"name": "NothingRaised", "message": f"the cell had to raise {expected or 'an error'} and did not"}
    if expected and error["name"] != expected:
        return {"name": "WrongError", "message": f"the cell had to raise {expected}, it raised {error['name']}: {error['message']}"}
    return None


def note(cell, name, message):
    """Leaves in a cell why nothing more came of it."""
    cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"]))
    return {"name": name, "message": message}


@asynccontextmanager
async def started_kernel(client):
    """A kernel for the client. nbclient's own async_setup_kernel would take SIGTERM and SIGINT away from main."""
    manager = client.create_kernel_manager()
    try:
        await client.async_start_new_kernel(env=os.environ.copy())
        await client.async_start_new_kernel_client()
        yield manager
    finally:
        if client.kc:
            client.kc.stop_channels()
        if await manager.is_alive():
            await manager.shutdown_kernel(now=True)


async def run_cell(client, cell, index):
    """Runs one cell and returns its error, expected or not."""
    client.allow_errors = bool(cell.metadata.get("raises"))
    try:
        await client.async_execute_cell(cell, index)
    except CellExecutionError as error:
        return error_output(cell) or {"name": error.ename, "message": error.evalue}
    except CellTimeoutError:
        return note(cell, "Timeout", f"the cell ran longer than {client.timeout:g} s")
    except (DeadKernelError, asyncio.CancelledError):  # nbclient takes our cancellation for the kernel's death
        if not stopping:
            return note(cell, "DeadKernel", "the kernel died while this cell ran")
        note(cell, "Stopped", "stopped while this cell ran")
        raise asyncio.CancelledError from None
    return error_output(cell)


async def run(notebook, options, target):
    code = [(i, cell) for i, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()]
    if not code:
        save(notebook, target)
        return {"executed": 0, "total": 0, "error": {"name": "NoCells", "message": "the notebook has no code cell to run", "cell": 0}}
    client = NotebookClient(
        notebook,
        timeout=options.cell_timeout,
        kernel_name=options.kernel or notebook.metadata.get("kernelspec", {}).get("name", "tslab"),
        resources={"metadata": {"path": str(options.notebook.parent)}},
    )
    executed, error = 0, None
    async with started_kernel(client) as manager:
        say(event="kernel", pid=manager.provisioner.pid)
        last = nbformat.v4.new_code_cell(LAST_WORDS)
        for position, (index, cell) in enumerate([*code, (len(notebook.cells), last)]):
            hidden = cell is last
            if hidden:
                notebook.cells.append(cell)
            begin = time.monotonic()
            try:
                found = verdict(cell, await run_cell(client, cell, index))
            finally:
                if hidden:
                    notebook.cells.remove(cell)
                    code[-1][1].outputs += cell.outputs
                save(notebook, target)
            if found:
                place = {"hidden": True} if hidden else {"source": cell.source.strip().splitlines()[0]}
                error = {**found, "cell": min(position + 1, len(code)), **place}
                break
            if not hidden:
                executed += 1
                say(event="cell", executed=executed, total=len(code), seconds=round(time.monotonic() - begin, 3))
    return {"executed": executed, "total": len(code), "error": error}


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--cell-timeout", type=float, default=600)
    parser.add_argument("--kernel")
    options = parser.parse_args()
    try:
        notebook = nbformat.read(options.notebook, as_version=4)
    except Exception as error:  # not JSON, not a notebook, not there: all are the reader's to see in one line
        say_failed(type(error).__name__, f"the file cannot be read: {error}")
        return
    task = asyncio.ensure_future(run(notebook, options, options.target))
    stop_once(task)
    try:
        say(event="done", **await task)
    except asyncio.CancelledError:
        say_failed("Stopped", "stopped before the end")
    except Exception as error:
        say_failed(type(error).__name__, str(error))


def stop_once(task):
    """The first signal cancels the task; more of them (Ctrl-C comes from the terminal and from Node) must not break its end."""

    def stop():
        global stopping
        if not stopping:
            task.cancel()
        stopping = True

    loop = asyncio.get_running_loop()
    try:
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop)
    except NotImplementedError:
        pass  # Windows has no such signals: there the process is simply ended


def say_failed(name, message):
    say(event="done", executed=0, total=0, error={"name": name, "message": message, "cell": 0})


if __name__ == "__main__":
    asyncio.run(main())
    sys.exit(0)
