"""What the scripts of the ladder share: matrices as JSON, and a seeded plain RNN in PyTorch (float64)."""
import json
import pathlib

import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent.parent
torch.set_default_dtype(torch.float64)


def matrix(a):
    """A tensor or array as {rows, cols, data}; a vector becomes a column."""
    a = np.asarray(a.detach() if isinstance(a, torch.Tensor) else a, dtype=np.float64)
    a = a.reshape(-1, 1) if a.ndim == 1 else a
    return {"rows": a.shape[0], "cols": a.shape[1], "data": a.ravel().tolist()}


def write(name, expected):
    file = HERE / f"{name}.expected.json"
    file.write_text(json.dumps(expected) + "\n")
    print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")


class PlainRNN(torch.nn.Module):
    """nn.RNN and nn.Linear; the RNN's two biases are one here, so bias_hh is 0 and is not trained."""

    def __init__(self, d, h, v):
        super().__init__()
        self.rnn = torch.nn.RNN(d, h)
        self.fc = torch.nn.Linear(h, v)
        torch.nn.init.zeros_(self.rnn.bias_hh_l0).requires_grad_(False)

    def forward(self, x, h0):
        """x [T, D], h0 [H] → outputs [T, V], hidden states [T, H]"""
        hidden, _ = self.rnn(x, h0[None])
        return self.fc(hidden), hidden

    def named(self):
        rnn, fc = self.rnn, self.fc
        return {"Wxh": rnn.weight_ih_l0, "Whh": rnn.weight_hh_l0, "Why": fc.weight, "bh": rnn.bias_ih_l0, "by": fc.bias}

    def parameters_json(self):
        return {name: matrix(p) for name, p in self.named().items()}

    def gradients_json(self):
        return {f"d{name}": matrix(p.grad) for name, p in self.named().items()}
