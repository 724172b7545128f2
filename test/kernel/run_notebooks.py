"""Runs small notebooks with nbclient (which `jupyter nbconvert --execute` uses) and prints what became of them.

stdin: {name: {"cells": [code …], "tags": {index: [tag …]}, "plain": …, "allowed": …}}, where `allowed` (a run with
--allow-errors) may be missing. stdout: {name: {"plain": […], "allowed": […]}}: each list has the name of the exception
(or "ok") and then one string per cell: its count and the types of its outputs, repeated ones once.
"""

import asyncio
import json
import sys
from itertools import groupby

import nbformat
from nbclient import NotebookClient


def summary(output):
    return f"error:{output.ename}" if output.output_type == "error" else output.get("name", output.output_type)


async def run(spec, slots, **options):
    cells = [nbformat.v4.new_code_cell(code) for code in spec["cells"]]
    for index, tags in spec.get("tags", {}).items():
        cells[int(index)].metadata["tags"] = tags
    notebook = nbformat.v4.new_notebook(cells=cells)
    async with slots:
        client = NotebookClient(notebook, kernel_name="tslab", timeout=60, iopub_timeout=10, **options)
        try:
            await client.async_execute()
            end = "ok"
        except Exception as error:
            end = type(error).__name__
    return [end, *map(cell_summary, cells)]


def cell_summary(cell):
    return f"[{cell.execution_count or ' '}]" + "".join(name for name, _ in groupby(map(summary, cell.outputs)))


async def main():
    specs = json.load(sys.stdin)
    slots = asyncio.Semaphore(3)  # a kernel is a process of 200 MB
    wanted = [(name, kind) for name, spec in specs.items() for kind in ("plain", "allowed") if kind in spec]
    runs = [run(specs[name], slots, allow_errors=kind == "allowed") for name, kind in wanted]
    results = {name: {} for name in specs}
    for (name, kind), result in zip(wanted, await asyncio.gather(*runs)):
        results[name][kind] = result
    json.dump(results, sys.stdout)


asyncio.run(main())
