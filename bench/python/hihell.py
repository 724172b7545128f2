"""One step of the hihell speller: hihell.py THREADS. Twin of `hihell` in bench/workloads/tiny.ts."""

import sys

from child import serve, torch_with

torch = torch_with(int(sys.argv[1]))
from torch import nn


class Speller(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(5, 4, batch_first=True)
        self.linear = nn.Linear(4, 5)

    def forward(self, x):
        output, _ = self.rnn(x, torch.zeros(1, 1, 4))
        return self.linear(output.view(-1, 4))


def make():
    torch.manual_seed(777)
    x = nn.functional.one_hot(torch.tensor([[0, 1, 0, 2, 3, 3]]), 5).float()
    labels = torch.tensor([1, 0, 2, 3, 3, 4])
    model = Speller()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)

    def step():
        optimizer.zero_grad()
        loss = criterion(model(x), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


serve(make)
