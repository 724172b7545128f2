"""The last output of sequences of one or of several lengths, in PyTorch, for test/exercises/last-time-step.ts.

    python test/exercises/make/last-time-step.py        (torch 2.13)

Writes ../last-time-step.expected.json. `toy`: the losses of the notebook's ToyRNN over 50 epochs from its seed. `same`:
`out[:, -1, :]`. `padded`: the output of a recurrent layer that reads the padding as well, the lengths, and the last states
that PyTorch gives when the same batch is packed, so that no padding is read.
"""
import json
import pathlib

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

OUT = pathlib.Path(__file__).resolve().parent.parent / "last-time-step.expected.json"


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


def same(batch, steps, features):
    out = torch.randn(batch, steps, features)
    return {"out": out.tolist(), "last": out[:, -1, :].tolist()}


def padded(kind, lengths, steps):
    rnn = kind(3, 4, batch_first=True)
    x = torch.randn(len(lengths), steps, 3)
    for row, length in enumerate(lengths):
        x[row, length:] = 0
    out, _ = rnn(x)
    _, last = rnn(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
    return {"out": out.tolist(), "lengths": lengths, "last": last[0].tolist()}


torch.manual_seed(0)
result = {
    "toy": toy_losses(),
    "same": [same(2, 3, 4), same(1, 5, 2), same(3, 1, 2), same(1, 1, 3), same(4, 4, 1)],
    "padded": [padded(nn.RNN, [5, 3, 1, 4], 5), padded(nn.GRU, [2, 6, 3], 6), padded(nn.RNN, [2], 4)],
}
OUT.write_text(json.dumps(result) + "\n")
