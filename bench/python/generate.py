"""Writes 200 characters with a carried state: generate.py THREADS. Twin of bench/workloads/generate.ts."""

import sys

from child import serve, torch_with

torch = torch_with(int(sys.argv[1]))

E, H, V, LENGTH = 64, 128, 39, 200


def make():
    from models import TextModel

    torch.manual_seed(0)
    model = TextModel(V, E, H).eval()

    def write():
        ids, state = [0], None
        with torch.no_grad():
            for _ in range(LENGTH):
                scores, state = model(torch.tensor([[ids[-1]]]), state)
                probabilities = torch.softmax(scores[0, -1], dim=-1)
                ids.append(torch.multinomial(probabilities, 1).item())
        return ids

    return write


serve(make)
