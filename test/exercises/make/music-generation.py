"""What PyTorch makes of the exercise "music-generation": scores and states of the model, drawn tokens.

    python test/exercises/make/music-generation.py        (Python 3.11, torch 2.13.0)

Writes music-generation.expected.json into the folder above.
"""
import json
import pathlib

import torch
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent.parent


class MelodyModel(nn.Module):
    def __init__(self, vocab_size, embedding_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_size)
        self.lstm = nn.LSTM(embedding_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, vocab_size)

    def forward(self, x, state=None):
        states, last = self.lstm(self.embedding(x), state)
        return self.fc(states), last


def forward(seed, sizes, x, with_state):
    torch.manual_seed(seed)
    model = MelodyModel(*sizes)
    state = tuple(torch.randn(1, len(x), sizes[2]) for _ in range(2)) if with_state else None
    scores, last = model(torch.tensor(x), state)
    case = {
        "weights": {name: {"shape": list(p.shape), "values": p.flatten().tolist()} for name, p in model.state_dict().items()},
        "sizes": sizes,
        "x": x,
        "scores": scores.tolist(),
        "last": [part.tolist() for part in last],
    }
    return case | ({"state": [part.tolist() for part in state]} if with_state else {})


torch.manual_seed(6)
table = torch.randn(7, 7)


def drawn(temperature, generator, seed, length, end=0):
    source = torch.Generator().manual_seed(generator)
    token, written = seed[-1], []
    while len(written) < length:
        p = torch.softmax(table[token] / temperature, 0)
        token = torch.multinomial(p, 1, generator=source).item()
        if token == end:
            break
        written.append(token)
    return {"temperature": temperature, "generator": generator, "seed": seed, "length": length, "end": end, "written": written}


out = {
    "forward": [
        forward(1, [7, 4, 5], [[1, 2, 6, 0], [3, 3, 5, 4], [0, 6, 1, 2]], False),
        forward(2, [5, 3, 6], [[4]], False),
        forward(3, [6, 5, 3], [[1, 0, 5], [2, 2, 4]], True),
    ],
    "table": table.tolist(),
    "drawn": [drawn(0.5, 21, [3], 30), drawn(1.0, 22, [1, 2, 4], 30), drawn(2.0, 23, [5, 5], 4), drawn(1.0, 24, [6], 30)],
}
(HERE / "music-generation.expected.json").write_text(json.dumps(out) + "\n")
print(out["drawn"])
