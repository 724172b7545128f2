"""Initial recurrent weights and what training makes of them, by NumPy, for test/exercises/initialisations.ts.

    python test/exercises/make/initialisations.py        (numpy 2.4.6)

Writes ../initialisations.expected.json. `matrices`: W_hh of each kind from RandomState(seed). `short`: a network's losses
over a few examples. `measured`: for two tasks the mean of the last 50 losses of every kind and seed; "echo" is to repeat
the symbol of two steps ago, "first" to go on saying the first one. Short enough that rounding does not grow to be seen.
"""
import json
import pathlib

import numpy as np

OUT = pathlib.Path(__file__).resolve().parent.parent / "initialisations.expected.json"
KINDS = ["zeros", "normal", "xavier", "orthogonal", "identity"]


def recurrent(kind, n, random):
    if kind == "zeros":
        return np.zeros((n, n))
    if kind == "identity":
        return np.eye(n)
    draws = random.randn(n, n)
    return {"normal": lambda: 0.01 * draws, "xavier": lambda: np.sqrt(1 / n) * draws, "orthogonal": lambda: np.linalg.qr(draws)[0]}[kind]()


def train(whh, examples, symbols, seed, lr):
    """Plain gradient descent on the mean cross-entropy, each gradient entry clipped to [-5, 5]."""
    random, n = np.random.RandomState(seed), len(whh)
    xavier = lambda rows, cols: random.randn(rows, cols) * np.sqrt(2 / (rows + cols))
    w = {"xh": xavier(n, symbols), "hh": xavier(n, n), "hy": xavier(symbols, n), "bh": np.zeros(n), "by": np.zeros(symbols)}
    w["hh"] = whh.copy()
    losses = []
    for xs, targets in examples:
        steps, hs = len(xs), [np.zeros(n)]
        for x in xs:
            hs.append(np.tanh(w["xh"][:, x] + w["hh"] @ hs[-1] + w["bh"]))
        ys = np.array(hs[1:]) @ w["hy"].T + w["by"]
        ps = np.exp(ys - ys.max(axis=1, keepdims=True))
        ps /= ps.sum(axis=1, keepdims=True)
        losses.append(-np.log(ps[np.arange(steps), targets] + 1e-10).mean())
        dys = ps.copy()
        dys[np.arange(steps), targets] -= 1
        dys /= steps
        grads = {name: np.zeros_like(value) for name, value in w.items()}
        grads["hy"], grads["by"] = dys.T @ np.array(hs[1:]), dys.sum(axis=0)
        later = np.zeros(n)
        for t in range(steps - 1, -1, -1):
            dz = (w["hy"].T @ dys[t] + later) * (1 - hs[t + 1] ** 2)
            grads["xh"][:, xs[t]] += dz
            grads["hh"] += np.outer(dz, hs[t])
            grads["bh"] += dz
            later = w["hh"].T @ dz
        for name in w:
            w[name] -= lr * np.clip(grads[name], -5, 5)
    return losses


def echo(symbols, steps, delay, count, seed):
    random = np.random.RandomState(seed)
    sequences = [random.randint(0, symbols, steps) for _ in range(count)]
    return [(s, np.concatenate([np.zeros(delay, int), s[: steps - delay]])) for s in sequences]


def first(symbols, steps, count, seed):
    random = np.random.RandomState(seed)
    sequences = [random.randint(0, symbols, steps) for _ in range(count)]
    return [(s, np.full(steps, s[0])) for s in sequences]


def short(seed):
    symbols, n = 3, 5
    examples = echo(symbols, 6, 2, 30, seed)
    whh = np.random.RandomState(seed + 1).randn(n, n) * 0.5
    losses = train(whh, examples, symbols, seed, 0.2)
    plain = [{"symbols": s.tolist(), "targets": t.tolist()} for s, t in examples]
    return {"Whh": whh.tolist(), "examples": plain, "outputSize": symbols, "seed": seed, "learningRate": 0.2, "losses": losses}


def measured(make, hidden, seeds, lr):
    final = {kind: [] for kind in KINDS}
    for kind in KINDS:
        for seed in seeds:
            whh = recurrent(kind, hidden, np.random.RandomState(seed))
            final[kind].append(float(np.mean(train(whh, make(seed), 4, seed, lr)[-50:])))
    return {"learningRate": lr, "final": final}


result = {
    "matrices": [{"kind": kind, "size": n, "seed": seed, "W": recurrent(kind, n, np.random.RandomState(seed)).tolist()}
                 for kind in KINDS for n, seed in [(1, 4), (3, 0), (6, 11)]],
    "short": [short(0), short(5)],
    "measured": {
        "hiddenSize": 12, "seeds": [0, 1, 2],
        "echo": {"steps": 8, "delay": 2, "count": 500, **measured(lambda seed: echo(4, 8, 2, 500, seed), 12, [0, 1, 2], 0.1)},
        "first": {"steps": 5, "count": 500, **measured(lambda seed: first(4, 5, 500, seed), 12, [0, 1, 2], 0.05)},
    },
}
OUT.write_text(json.dumps(result) + "\n")
for task in ["echo", "first"]:
    print(task, {kind: np.round(values, 3).tolist() for kind, values in result["measured"][task]["final"].items()})
