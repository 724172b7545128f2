"""The name classifier: names.py THREADS. Twin of bench/workloads/names.ts; all names are of one length, so nothing is packed."""

import sys

from child import serve, torch_with

torch = torch_with(int(sys.argv[1]))
from torch import nn

B, T, E, H, V, C = 64, 10, 64, 256, 31, 18
UNKNOWN = V - 1


class NameClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(V, E)
        self.rnn = nn.GRU(E, H, bidirectional=True, batch_first=True)
        self.dropout = nn.Dropout(0.4)
        self.fc = nn.Linear(4 * H, C)
        self.neighbours = nn.ModuleList(nn.Linear(H, V) for _ in range(2))

    def forward(self, x):
        hidden = torch.empty(B, T).bernoulli_(0.1).bool()
        states = self.rnn(self.embedding(x.masked_fill(hidden, UNKNOWN)))[0]
        states = states * self.dropout(torch.ones(B, 1, 2 * H))
        return self.fc(torch.cat([states.mean(1), states.amax(1)], 1)), states


def make():
    torch.manual_seed(0)
    x = torch.randint(V, (B, T))
    y = torch.randint(C, (B,))
    model = NameClassifier()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.001)

    def step():
        optimizer.zero_grad()
        scores, states = model(x)
        forward, backward = model.neighbours
        next_letter = criterion(forward(states[:, :-1, :H]).flatten(0, 1), x[:, 1:].flatten())
        last_letter = criterion(backward(states[:, 1:, H:]).flatten(0, 1), x[:, :-1].flatten())
        loss = criterion(scores, y) + 0.5 * (next_letter + last_letter)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        return loss.item()

    return step


serve(make)
