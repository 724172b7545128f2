"""Truncated backpropagation through time by PyTorch's own gradients, for test/exercises/truncated-bptt.ts.

    python test/exercises/make/truncated-bptt.py        (torch 2.13, float64)

Writes ../truncated-bptt.expected.json. Each case has weights, inputs, targets and a first state; for each k the mean
cross-entropy over all steps, its gradients with `h = h.detach()` before every k-th step, and the last state. `stream` is
training: after every k steps one step of plain gradient descent on the mean loss of these steps, the state carried on.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

OUT = pathlib.Path(__file__).resolve().parent.parent / "truncated-bptt.expected.json"
NAMES = ["Wxh", "Whh", "Why", "bh", "by"]
torch.set_default_dtype(torch.float64)


def network(d, h, v):
    shapes = [(h, d), (h, h), (v, h), (h, 1), (v, 1)]
    return {name: (0.7 * torch.randn(shape)).requires_grad_() for name, shape in zip(NAMES, shapes)}


def data(d, v, t):
    return torch.randn(t, d, 1), torch.randint(0, v, (t,))


def loss_of(w, xs, targets, h, k):
    """The mean loss, and the state after the last step."""
    losses = []
    for t, x in enumerate(xs):
        if t % k == 0:
            h = h.detach()
        h = torch.tanh(w["Wxh"] @ x + w["Whh"] @ h + w["bh"])
        y = w["Why"] @ h + w["by"]
        losses.append(F.cross_entropy(y.T, targets[t : t + 1]))
    return torch.stack(losses).mean(), h


def plain(w):
    return {name: value.tolist() for name, value in w.items()}


def passes(d, h, v, t, ks, scale=1):
    """With a scale the inputs are large and their weights small: gradients that clipping would change."""
    w, (xs, targets), h0 = network(d, h, v), data(d, v, t), 0.5 * torch.randn(h, 1)
    w["Wxh"].data /= scale
    xs *= scale
    results = []
    for k in ks:
        loss, last = loss_of(w, xs, targets, h0, k)
        grads = torch.autograd.grad(loss, [w[name] for name in NAMES])
        grads = {f"d{name}": grad.tolist() for name, grad in zip(NAMES, grads)}
        results.append({"k": k, "loss": loss.item(), "h": last.tolist(), "grads": grads})
    return {"weights": plain(w), "inputs": xs.tolist(), "targets": targets.tolist(), "h0": h0.tolist(), "passes": results}


def stream(d, h, v, t, k, lr):
    w, (xs, targets), state = network(d, h, v), data(d, v, t), 0.5 * torch.randn(h, 1)
    start, h0 = plain(w), state.tolist()
    optimizer, losses = torch.optim.SGD(w.values(), lr=lr), []
    for i in range(0, t, k):
        loss, state = loss_of(w, xs[i : i + k], targets[i : i + k], state, k)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"weights": start, "inputs": xs.tolist(), "targets": targets.tolist(), "h0": h0, "k": k, "learningRate": lr,
            "losses": losses, "h": state.detach().tolist(), "trained": plain(w)}


torch.manual_seed(0)
result = {
    "cases": [passes(3, 4, 5, 7, [1, 2, 3, 6, 7, 10]), passes(5, 2, 3, 4, [1, 2, 4]), passes(2, 1, 2, 1, [1, 5]), passes(2, 3, 4, 5, [2, 5], 60)],
    "streams": [stream(4, 3, 5, 10, 4, 0.5), stream(2, 5, 3, 6, 1, 0.3)],
}
OUT.write_text(json.dumps(result) + "\n")
