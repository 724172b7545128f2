"""One step of the Alice model: alice.py THREADS CELL [compile]. Twin of bench/workloads/alice.ts."""

import sys

from child import serve, torch_with

threads, cell, *options = sys.argv[1:]
torch = torch_with(int(threads))

B, T, E, H, V = 256, 40, 64, 128, 39


def make():
    from models import TextModel, trainer

    torch.manual_seed(0)
    x = torch.randint(V, (B, T))
    y = torch.randint(V, (B, T))
    model = TextModel(V, E, H, cell)
    step = trainer(torch.compile(model) if "compile" in options else model, lr=0.001)
    return lambda: step(x, y)


serve(make)
