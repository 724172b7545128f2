"""Gradients of a plain RNN by PyTorch's autograd, for test/exercises/bptt.ts.

    python test/exercises/make/bptt.py        (torch 2.13.0)
"""
import torch
import torch.nn.functional as F
from ladder import PlainRNN, matrix, write

torch.manual_seed(4)


def run(model, x, h0, targets):
    outputs, hidden = model(x, h0)
    outputs.retain_grad()
    F.cross_entropy(outputs, targets).backward()
    return {
        "pass": {
            "inputs": [matrix(row) for row in x],
            "h0": matrix(h0),
            "hiddenStates": [matrix(row) for row in hidden],
            "probs": [matrix(row) for row in F.softmax(outputs, 1)],
            "targets": targets.tolist(),
        },
        "parameters": model.parameters_json(),
        "dy": [matrix(row) for row in outputs.grad],
        "grads": model.gradients_json(),
    }


cases = []
for t, d, h, v in [(6, 3, 5, 4), (1, 3, 2, 3), (9, 4, 4, 4), (3, 1, 1, 2)]:
    cases.append(run(PlainRNN(d, h, v), torch.randn(t, d), torch.randn(h).tanh(), torch.randint(v, (t,))))

# Right and sure at every step but the last, and only the first input is not 0.
t, d, h, v = 5, 2, 4, 3
model, targets = PlainRNN(d, h, v), torch.tensor([0, 2, 1, 1, 0])
x = torch.zeros(t, d)
x[0] = torch.tensor([1.0, -2.0])
probs = F.one_hot(targets, v).double()
probs[-1] = torch.tensor([0.0, 1.0, 0.0])
h0 = torch.randn(h).tanh()
outputs, hidden = model(x, h0)
outputs.backward((probs - F.one_hot(targets, v)) / t)
late = {
    "pass": {
        "inputs": [matrix(row) for row in x],
        "h0": matrix(h0),
        "hiddenStates": [matrix(row) for row in hidden],
        "probs": [matrix(row) for row in probs],
        "targets": targets.tolist(),
    },
    "parameters": model.parameters_json(),
    "grads": model.gradients_json(),
}
print("late dWxh", late["grads"]["dWxh"]["data"])

# The example of the exercise's comment: D = H = 1, V = 2, T = 2.
model = PlainRNN(1, 1, 2)
with torch.no_grad():
    for parameter, value in zip(model.named().values(), [[[0.5]], [[1.0]], [[1.0], [-1.0]], [0.0], [0.0, 0.0]]):
        parameter.copy_(torch.tensor(value))
example = run(model, torch.ones(2, 1), torch.zeros(1), torch.tensor([0, 1]))
print({name: [round(g, 3) for g in grad["data"]] for name, grad in example["grads"].items()})
print([h["data"] for h in example["pass"]["hiddenStates"]], [p["data"] for p in example["pass"]["probs"]])

z = (2 * torch.randn(7)).requires_grad_()
dh = torch.randn(7)
h = torch.tanh(z)
h.backward(dh)
tanh = {"dh": matrix(dh), "h": matrix(h), "dz": matrix(z.grad)}
write("bptt", {"cases": cases, "late": late, "example": example, "tanh": tanh})
