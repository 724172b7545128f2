"""One step of the hello world model: hello.py THREADS. Twin of `hello` in bench/workloads/tiny.ts."""

import sys

from child import serve, torch_with

torch = torch_with(int(sys.argv[1]))
from torch import nn


class Hello(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(8, 128)
        self.rnn = nn.RNN(128, 128, batch_first=True)
        self.fc = nn.Linear(128, 8)

    def forward(self, x):
        output, _ = self.rnn(self.embedding(x), torch.zeros(1, 8, 128))
        return self.fc(output[:, -1, :])


def make():
    torch.manual_seed(0)
    text = "hello world"
    number = {character: i for i, character in enumerate(sorted(set(text)))}
    ids = [number[character] for character in text]
    x = torch.tensor([ids[i : i + 3] for i in range(len(ids) - 3)])
    y = torch.tensor(ids[3:])
    model = Hello()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

    def step():
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


serve(make)
