"""Clipping, a step of SGD and a training with both in PyTorch, for test/exercises/clip.ts.

    python test/exercises/make/clip.py        (torch 2.13.0, numpy 2.4.6)
"""
import numpy as np
import torch
import torch.nn.functional as F
from ladder import PlainRNN, matrix, write

torch.manual_seed(5)
cases = []
for (d, h, v), max_norm in [((3, 5, 4), 1.0), ((1, 1, 1), 0.5), ((7, 2, 3), 5.0)]:
    model = PlainRNN(d, h, v)
    before = model.parameters_json()
    for parameter in model.named().values():
        parameter.grad = 3 * torch.randn_like(parameter)
    grads = model.gradients_json()
    norm = torch.nn.utils.clip_grad_norm_(model.named().values(), max_norm).item()
    clipped = model.gradients_json()
    torch.optim.SGD(model.named().values(), lr=0.1).step()
    cases.append({
        "maxNorm": max_norm,
        "grads": grads,
        "norm": norm,
        "clipped": clipped,
        "parameters": before,
        "learningRate": 0.1,
        "after": model.parameters_json(),  # a step with the clipped gradient
    })


def train(text, hidden, steps, learning_rate, max_norm, seed):
    """The losses before each step, on the whole text at once, from weights that NumPy draws."""
    chars = sorted(set(text))
    v = len(chars)
    index = torch.tensor([chars.index(c) for c in text])
    x, targets = F.one_hot(index[:-1], v).double(), index[1:]
    state = np.random.RandomState(seed)
    model = PlainRNN(v, hidden, v)
    shapes = [(hidden, v), (hidden, hidden), (v, hidden)]
    with torch.no_grad():
        for weight, shape in zip(list(model.named().values())[:3], shapes):
            weight.copy_(torch.tensor(0.1 * state.randn(*shape)))
        for bias in list(model.named().values())[3:]:
            bias.zero_()
    parameters = list(model.named().values())
    losses = []
    for _ in range(steps):
        outputs, _ = model(x, torch.zeros(hidden))
        loss = F.cross_entropy(outputs, targets)
        for parameter in parameters:
            parameter.grad = None
        loss.backward()
        norm = torch.sqrt(sum((p.grad**2).sum() for p in parameters))
        factor = min(1.0, max_norm / norm.item())  # clip_grad_norm_ without its 1e-6
        with torch.no_grad():
            for parameter in parameters:
                parameter -= learning_rate * factor * parameter.grad
        losses.append(loss.item())
    return losses


task = {
    "text": "the rain hums low and the lamp hums along, ",
    "hiddenSize": 24,
    "steps": 200,
    "learningRate": 1.0,
    "maxNorm": 0.5,
    "seed": 7,
}
losses = train(*[task[key] for key in ["text", "hiddenSize", "steps", "learningRate", "maxNorm", "seed"]])
print([round(loss, 4) for loss in losses[::10]], losses[-1])
write("clip", {"cases": cases, "training": {**task, "losses": losses[:40], "lastLoss": losses[-1]}})
