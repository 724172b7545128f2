"""Temperature, draws and a generated sequence by NumPy, for test/exercises/sample.ts.

    python test/exercises/make/sample.py        (torch 2.13.0, numpy 2.4.6)
"""
import numpy as np
import torch
from ladder import matrix, write

torch.manual_seed(6)
softmax = []
for v, temperature in [(5, 1.0), (4, 0.5), (6, 2.0), (1, 0.7), (8, 0.01), (5, 100.0)]:
    y = 3 * torch.randn(v)
    softmax.append({"y": matrix(y), "temperature": temperature, "p": matrix(torch.softmax(y / temperature, 0))})

draws = []
for seed, v in [(0, 4), (1, 10), (2, 2), (3, 27)]:
    p = np.random.RandomState(seed + 100).dirichlet(np.full(v, 0.5))
    u = np.random.RandomState(seed).random_sample(200)
    drawn = np.random.RandomState(seed).choice(v, size=200, p=p)
    draws.append({"p": matrix(p), "u": u.tolist(), "drawn": drawn.tolist()})


def generate(seed, d, h, start, length, temperature):
    """Draws its weights, then every character with `choice`: all from one RandomState."""
    state = np.random.RandomState(seed)
    Wxh, Whh, Why = state.randn(h, d), 0.5 * state.randn(h, h), state.randn(d, h)
    hidden = np.zeros((h, 1))
    numbers = list(start)
    for t in range(len(start) + length - 1):
        x = np.eye(d)[:, [numbers[t]]]
        hidden = np.tanh(Wxh @ x + Whh @ hidden)
        if t >= len(start) - 1:
            e = np.exp((Why @ hidden).ravel() / temperature)
            numbers.append(int(state.choice(d, p=e / e.sum())))
    return {"seed": seed, "V": d, "H": h, "start": start, "length": length, "temperature": temperature, "numbers": numbers}


generated = [
    generate(1, 5, 8, [0], 40, 1.0),
    generate(2, 9, 6, [3, 1, 4, 1, 5], 40, 0.7),
    generate(3, 3, 4, [2, 0], 1, 1.5),
]
print(generated)
write("sample", {"softmax": softmax, "draws": draws, "generated": generated})
