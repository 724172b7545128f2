"""What PyTorch makes of the exercise "name-generation": scores and states, losses, drawn names.

    python test/exercises/make/name-generation.py        (Python 3.11, torch 2.13.0)

Writes name-generation.expected.json into the folder above.
"""
import json
import pathlib

import torch
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent.parent


class NameModel(nn.Module):
    def __init__(self, vocab_size, embedding_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_size)
        self.rnn = nn.GRU(embedding_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, vocab_size)

    def forward(self, x, state=None):
        states, last = self.rnn(self.embedding(x), state)
        return self.fc(states), last


def numbers(tensor):
    return tensor.tolist()


def forward(seed, sizes, x, with_state):
    torch.manual_seed(seed)
    model = NameModel(*sizes)
    state = torch.randn(1, len(x), sizes[2]) if with_state else None
    scores, last = model(torch.tensor(x), state)
    case = {
        "weights": {name: {"shape": list(p.shape), "values": numbers(p.flatten())} for name, p in model.state_dict().items()},
        "sizes": sizes,
        "x": x,
        "scores": numbers(scores),
        "last": numbers(last),
    }
    return case | ({"state": numbers(state)} if with_state else {})


def loss(seed, batch, time, vocab, lengths):
    torch.manual_seed(seed)
    scores = torch.randn(batch, time, vocab)
    y = torch.randint(0, vocab, (batch, time))
    for row, length in enumerate(lengths):
        y[row, length:] = -1
    value = nn.functional.cross_entropy(scores.reshape(-1, vocab), y.reshape(-1), ignore_index=-1)
    return {"scores": numbers(scores), "y": numbers(y), "loss": value.item()}


LETTERS = "$^abcd"
torch.manual_seed(5)
table = torch.randn(6, 6)
table[:, 1] = -20.0  # ^ is never drawn


def drawn(temperature, seed, count=8, most=12):
    generator = torch.Generator().manual_seed(seed)
    names = []
    for _ in range(count):
        letter, name = 1, ""
        while len(name) < most:
            p = torch.softmax(table[letter] / temperature, 0)
            letter = torch.multinomial(p, 1, generator=generator).item()
            if letter == 0:
                break
            name += LETTERS[letter]
        names.append(name)
    return {"temperature": temperature, "seed": seed, "count": count, "names": names}


out = {
    "forward": [
        forward(1, [7, 4, 5], [[1, 2, 6, 0], [3, 3, 5, 4], [0, 6, 1, 2]], False),
        forward(2, [5, 3, 6], [[4]], False),
        forward(3, [6, 5, 3], [[1, 0, 5], [2, 2, 4]], True),
    ],
    "losses": [loss(1, 3, 5, 4, [5, 2, 3]), loss(2, 1, 1, 6, [1]), loss(3, 2, 4, 3, [1, 4])],
    "letters": LETTERS,
    "table": numbers(table),
    "drawn": [drawn(0.5, 11), drawn(1.0, 12), drawn(2.0, 13)],
}
(HERE / "name-generation.expected.json").write_text(json.dumps(out) + "\n")
