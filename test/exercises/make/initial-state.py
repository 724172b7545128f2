"""Initial hidden states in PyTorch: zeros, given, learned; for test/exercises/initial-state.ts.

    python test/exercises/make/initial-state.py        (torch 2.13)

Writes ../initial-state.expected.json. `toy`: the losses of the notebook's ToyRNN over 50 epochs from its seed. `given`: the
output of a recurrent layer from a given state. `learned`: output and the gradient of its squares' sum with respect to one
start state a layer and direction, `expand`ed over the batch. Layers start from `manual_seed(seed)`; weights are not stored.
"""
import json
import pathlib

import torch
from torch import nn

OUT = pathlib.Path(__file__).resolve().parent.parent / "initial-state.expected.json"


def toy_losses():
    torch.manual_seed(3679770961)
    nn.Linear(12, 8), nn.Linear(12, 4)  # the notebook's SimpleRNN draws its weights first
    embedding, rnn, fc = nn.Embedding(4, 4), nn.RNN(4, 8, batch_first=True), nn.Linear(8, 4)
    parameters = [*embedding.parameters(), *rnn.parameters(), *fc.parameters()]
    optimizer, losses = torch.optim.Adam(parameters, lr=0.01), []
    x, y = torch.tensor([[0, 1], [1, 2]]), torch.tensor([2, 3])
    for _ in range(50):
        out, _ = rnn(embedding(x), torch.zeros(1, 2, 8))
        loss = nn.functional.cross_entropy(fc(out[:, -1, :]), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def layer(seed, kind, layers, bidirectional, batch, steps):
    torch.manual_seed(seed)
    rnn = kind(3, 4, num_layers=layers, bidirectional=bidirectional, batch_first=True)
    count = layers * (2 if bidirectional else 1)
    settings = {"seed": seed, "kind": kind.__name__, "numLayers": layers, "bidirectional": bidirectional}
    return rnn, torch.randn(batch, steps, 3), count, settings


def given(*args):
    rnn, x, count, settings = layer(*args)
    h0 = torch.randn(count, x.size(0), 4)
    out, last = rnn(x, h0)
    return {**settings, "x": x.tolist(), "h0": h0.tolist(), "output": out.tolist(), "last": last.tolist()}


def learned(*args):
    rnn, x, count, settings = layer(*args)
    start = torch.randn(count, 1, 4).requires_grad_()
    out, _ = rnn(x, start.expand(count, x.size(0), 4).contiguous())
    out.square().sum().backward()
    return {**settings, "x": x.tolist(), "start": start.tolist(), "output": out.tolist(), "gradient": start.grad.tolist()}


result = {
    "toy": toy_losses(),
    "given": [given(1, nn.RNN, 1, False, 2, 3), given(2, nn.GRU, 2, True, 3, 2)],
    "learned": [learned(3, nn.RNN, 1, False, 3, 2), learned(4, nn.RNN, 2, True, 2, 3), learned(5, nn.GRU, 2, False, 1, 4)],
}
OUT.write_text(json.dumps(result, default=lambda x: x.tolist()) + "\n")
