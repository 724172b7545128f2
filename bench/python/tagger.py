"""Two steps of the LSTM tagger, one for each sentence: tagger.py THREADS. Twin of `tagger` in bench/workloads/tiny.ts."""

import sys

from child import serve, torch_with

torch = torch_with(int(sys.argv[1]))
from torch import nn

SENTENCES = [([0, 1, 2, 3, 4], [0, 1, 2, 0, 1]), ([5, 6, 7, 8], [1, 2, 0, 1])]


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(9, 6)
        self.lstm = nn.LSTM(6, 6)
        self.hidden2tag = nn.Linear(6, 3)

    def forward(self, sentence):
        embedded = self.embedding(sentence).view(len(sentence), 1, 6)
        states, _ = self.lstm(embedded, (torch.rand(1, 1, 6), torch.rand(1, 1, 6)))
        return self.hidden2tag(states.view(len(sentence), 6))


def make():
    torch.manual_seed(777)
    model = Tagger()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def step():
        losses = []
        for words, tags in SENTENCES:
            optimizer.zero_grad()
            loss = criterion(model(torch.tensor(words)), torch.tensor(tags))
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    return step


serve(make)
