"""Softmax and mean cross-entropy in PyTorch, for test/exercises/loss.ts.

    python test/exercises/make/loss.py        (torch 2.13.0)
"""
import torch
import torch.nn.functional as F
from ladder import matrix, write

torch.manual_seed(3)
cases = []
for t, v, size in [(6, 5, 1), (1, 3, 2), (4, 1, 1), (9, 27, 1)]:
    y = size * torch.randn(t, v)
    targets = torch.randint(v, (t,))
    cases.append({
        "outputs": [matrix(row) for row in y],
        "targets": targets.tolist(),
        "softmax": [matrix(row) for row in F.softmax(y, 1)],
        "loss": F.cross_entropy(y, targets).item(),
    })

# Scores beyond the range of exp, and answers whose probability is too small for a float64.
y = torch.tensor([[1000.0, 999.0, 990.0], [-1000.0, -1001.0, -1010.0], [2000.0, 0.0, -2000.0]])
targets = torch.tensor([1, 0, 2])
large = {
    "outputs": [matrix(row) for row in y],
    "targets": targets.tolist(),
    "softmax": [matrix(row) for row in F.softmax(y, 1)],
    "losses": F.cross_entropy(y, targets, reduction="none").tolist(),
    "loss": F.cross_entropy(y, targets).item(),
}
write("loss", {"cases": cases, "large": large})
