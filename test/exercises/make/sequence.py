"""A plain RNN over sequences in PyTorch, for test/exercises/sequence.ts.

    python test/exercises/make/sequence.py        (torch 2.13.0)
"""
import torch
from ladder import PlainRNN, matrix, write

torch.manual_seed(2)
cases = []
for t, d, h, v in [(7, 3, 5, 4), (1, 2, 3, 2), (12, 4, 1, 1)]:
    model = PlainRNN(d, h, v)
    x, h0 = torch.randn(t, d), torch.randn(h).tanh()
    outputs, hidden = model(x, h0)
    cases.append({
        "parameters": model.parameters_json(),
        "inputs": [matrix(row) for row in x],
        "h0": matrix(h0),
        "outputs": [matrix(row) for row in outputs],
        "hiddenStates": [matrix(row) for row in hidden],
    })
write("sequence", {"cases": cases})
