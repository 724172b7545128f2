"""One step of the two-layer CharRNN: charrnn2.py THREADS. Twin of bench/workloads/charrnn2.ts."""

import sys

from child import serve, torch_with

torch = torch_with(int(sys.argv[1]))

B, T, E, H, V, L = 7, 50, 32, 128, 28, 2


def make():
    from models import TextModel, trainer

    torch.manual_seed(0)
    x = torch.randint(V, (B, T))
    y = torch.randint(V, (B, T))
    step = trainer(TextModel(V, E, H, layers=L), lr=0.01, clip=5)
    return lambda: step(x, y)


serve(make)
