"""What PyTorch makes of the exercise "sentiment": scores of padded sentences after their own last words.

    python test/exercises/make/sentiment.py        (Python 3.11, torch 2.13.0)

Writes sentiment.expected.json into the folder above.
"""
import json
import pathlib

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

HERE = pathlib.Path(__file__).resolve().parent.parent


class SentimentModel(nn.Module):
    def __init__(self, vocab_size, embedding_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_size)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, 2)

    def forward(self, ids, lengths):
        packed = pack_padded_sequence(self.embedding(ids), lengths, batch_first=True, enforce_sorted=False)
        _, last = self.gru(packed)
        return self.fc(last[0])


def forward(seed, sizes, ids, lengths):
    torch.manual_seed(seed)
    model = SentimentModel(*sizes)
    return {
        "weights": {name: {"shape": list(p.shape), "values": p.flatten().tolist()} for name, p in model.state_dict().items()},
        "sizes": sizes,
        "ids": ids,
        "lengths": lengths,
        "scores": model(torch.tensor(ids), torch.tensor(lengths)).tolist(),
    }


out = [
    forward(1, [8, 4, 5], [[3, 1, 5, 0, 0], [2, 7, 6, 4, 1], [5, 0, 0, 0, 0]], [3, 5, 1]),
    forward(2, [6, 3, 7], [[4]], [1]),
    forward(3, [9, 5, 3], [[1, 2, 3, 4], [4, 3, 2, 1]], [4, 4]),
]
(HERE / "sentiment.expected.json").write_text(json.dumps(out) + "\n")
