"""One step of a plain RNN in PyTorch, for test/exercises/cell-step.ts.

    python test/exercises/make/cell-step.py        (torch 2.13.0)
"""
import torch
from ladder import PlainRNN, matrix, write

torch.manual_seed(1)
cases = []
for d, h, v in [(3, 4, 5), (1, 1, 1), (6, 2, 3), (4, 4, 4)]:
    model = PlainRNN(d, h, v)
    x, before = torch.randn(d), torch.randn(h).tanh()
    y, after = model(x[None], before)
    parameters = model.parameters_json()
    cases.append({"x": matrix(x), "hPrev": matrix(before), "parameters": parameters, "h": matrix(after[0]), "y": matrix(y[0])})
write("cell-step", {"cases": cases})
