"""The gradient of the last step's loss with respect to every hidden state, by PyTorch, for test/exercises/gradient-norms.ts.

    python test/exercises/make/gradient-norms.py        (torch 2.13, float64)

Writes ../gradient-norms.expected.json. `cases`: dL/dh_t for t = 1 … T, from `retain_grad`. `training`: their norms before
each of several steps of plain gradient descent on that loss, and after the last one.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

OUT = pathlib.Path(__file__).resolve().parent.parent / "gradient-norms.expected.json"
NAMES = ["Wxh", "Whh", "Why", "bh", "by"]
torch.set_default_dtype(torch.float64)


def network(d, h, v):
    shapes = [(h, d), (h, h), (v, h), (h, 1), (v, 1)]
    return {name: (0.8 * torch.randn(shape)).requires_grad_() for name, shape in zip(NAMES, shapes)}


def backward(w, xs, target):
    """Runs the network, takes the gradients, returns all states."""
    h, states = torch.zeros(len(w["bh"]), 1), []
    for x in xs:
        h = torch.tanh(w["Wxh"] @ x + w["Whh"] @ h + w["bh"])
        h.retain_grad()
        states.append(h)
    F.cross_entropy((w["Why"] @ h + w["by"]).T, torch.tensor([target])).backward()
    return states


def case(d, h, v, t):
    w, xs, target = network(d, h, v), torch.randn(t, d, 1), int(torch.randint(0, v, ()))
    states = backward(w, xs, target)
    return {"weights": {name: value.tolist() for name, value in w.items()}, "inputs": xs.tolist(), "target": target,
            "gradients": [state.grad.flatten().tolist() for state in states]}


def training(d, h, v, t, lr, steps):
    w, xs, target = network(d, h, v), torch.randn(t, d, 1), int(torch.randint(0, v, ()))
    start = {name: value.tolist() for name, value in w.items()}
    optimizer, norms = torch.optim.SGD(w.values(), lr=lr), []
    for _ in range(steps + 1):
        optimizer.zero_grad()
        norms.append([state.grad.norm().item() for state in backward(w, xs, target)])
        if len(norms) <= steps:
            optimizer.step()
    return {"weights": start, "inputs": xs.tolist(), "target": target, "learningRate": lr, "steps": steps, "norms": norms}


torch.manual_seed(1)
result = {"cases": [case(3, 4, 5, 6), case(5, 2, 3, 9), case(2, 3, 4, 1), case(1, 1, 2, 5)], "training": training(3, 4, 5, 6, 0.4, 5)}
OUT.write_text(json.dumps(result) + "\n")
