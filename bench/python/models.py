"""The PyTorch twins of bench/workloads/models.ts."""

import torch
from torch import nn


class TextModel(nn.Module):
    """Embedding, recurrent layers, linear: tokens [B, T] to scores [B, T, V] and the states after them."""

    def __init__(self, vocabulary, embedding, hidden, cell="RNN", layers=1):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding)
        self.rnn = getattr(nn, cell)(embedding, hidden, num_layers=layers, batch_first=True)
        self.fc = nn.Linear(hidden, vocabulary)

    def forward(self, x, state=None):
        output, last = self.rnn(self.embedding(x), state)
        return self.fc(output), last


def trainer(model, lr, clip=None):
    """One step of training on all time steps of a batch; the loss is read every time, as the notebooks do."""
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)

    def step(x, y):
        optimizer.zero_grad()
        scores, _ = model(x)
        loss = criterion(scores.reshape(-1, scores.shape[-1]), y.reshape(-1))
        loss.backward()
        if clip is not None:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        return loss.item()

    return step
