"""LSTMCell and LSTM of PyTorch, for test/exercises/lstm-step.ts.

    python test/exercises/make/lstm-step.py        (torch 2.13.0)
"""
import torch
from ladder import matrix, write

torch.manual_seed(777)
names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
cases = []
for d, h in [(3, 4), (1, 1), (5, 2), (6, 6)]:
    cell = torch.nn.LSTMCell(d, h)
    x, before, memory = torch.randn(d), torch.randn(h).tanh(), torch.randn(h)
    after, c = cell(x, (before, memory))
    z = cell.weight_ih @ x + cell.bias_ih + cell.weight_hh @ before + cell.bias_hh
    i, f, g, o = z.chunk(4)
    cases.append({
        "x": matrix(x),
        "hPrev": matrix(before),
        "cPrev": matrix(memory),
        "parameters": {name: matrix(getattr(cell, name)) for name in names},
        "gates": {"i": matrix(i.sigmoid()), "f": matrix(f.sigmoid()), "g": matrix(g.tanh()), "o": matrix(o.sigmoid())},
        "h": matrix(after),
        "c": matrix(c),
    })

lstm = torch.nn.LSTM(4, 5)
x = torch.randn(20, 4)
output, (_, c) = lstm(x)
sequence = {
    "inputs": [matrix(row) for row in x],
    "parameters": {name: matrix(getattr(lstm, f"{name}_l0")) for name in names},
    "hiddenStates": [matrix(row) for row in output],
    "lastCell": matrix(c[0]),
}
write("lstm-step", {"cases": cases, "sequence": sequence})
