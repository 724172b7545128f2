"""Embedding, GRU, mean over time, linear: gru_pool.py THREADS cell|layer. Twin of bench/workloads/gru-pool.ts."""

import sys

from child import serve, torch_with

torch = torch_with(int(sys.argv[1]))
from torch import nn

B, T, E, H, V, C = 32, 15, 32, 64, 39, 5


class Cell(nn.Module):
    """The time steps in a loop."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(V, E)
        self.cell = nn.GRUCell(E, H)
        self.fc = nn.Linear(H, C)

    def forward(self, x):
        h = torch.zeros(B, H)
        states = []
        for xt in self.embedding(x).unbind(1):
            h = self.cell(xt, h)
            states.append(h)
        return self.fc(torch.stack(states).mean(0))


class Layer(nn.Module):
    """The same as one layer: same parameters, same draws."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(V, E)
        self.gru = nn.GRU(E, H, batch_first=True)
        self.fc = nn.Linear(H, C)

    def forward(self, x):
        return self.fc(self.gru(self.embedding(x))[0].mean(1))


def make():
    torch.manual_seed(0)
    x = torch.randint(V, (B, T))
    y = torch.randint(C, (B,))
    model = Layer() if sys.argv[2] == "layer" else Cell()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)

    def step():
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


serve(make)
