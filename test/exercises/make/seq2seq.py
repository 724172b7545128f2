"""What PyTorch makes of the exercise "seq2seq": states, scores, and greedy translations.

    python test/exercises/make/seq2seq.py        (Python 3.11, torch 2.13.0)

Writes seq2seq.expected.json into the folder above.
"""
import json
import pathlib

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

HERE = pathlib.Path(__file__).resolve().parent.parent


class Seq2Seq(nn.Module):
    def __init__(self, source_size, target_size, embedding_size, hidden_size):
        super().__init__()
        self.sourceEmbedding = nn.Embedding(source_size, embedding_size)
        self.encoder = nn.GRU(embedding_size, hidden_size, batch_first=True)
        self.targetEmbedding = nn.Embedding(target_size, embedding_size)
        self.decoder = nn.GRU(embedding_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, target_size)

    def encode(self, source, lengths):
        packed = pack_padded_sequence(self.sourceEmbedding(source), lengths, batch_first=True, enforce_sorted=False)
        return self.encoder(packed)[1]

    def decode(self, inputs, state):
        states, last = self.decoder(self.targetEmbedding(inputs), state)
        return self.fc(states), last

    def translate(self, source, start, end, most):
        state = self.encode(torch.tensor([source]), torch.tensor([len(source)]))
        token, written = start, []
        while len(written) < most:
            scores, state = self.decode(torch.tensor([[token]]), state)
            token = scores[0, -1].argmax().item()
            if token == end:
                break
            written.append(token)
        return written


@torch.no_grad()
def case(seed, sizes, source, lengths, inputs, end, scale=1.0):
    torch.manual_seed(seed)
    model = Seq2Seq(*sizes)
    for parameter in model.parameters():  # larger weights, so that the greedy answers differ
        parameter.mul_(scale)
    state = model.encode(torch.tensor(source), torch.tensor(lengths))
    scores, after = model.decode(torch.tensor(inputs), state)
    ends = [model.translate(row[:n], 0, end, 9) for row, n in zip(source, lengths)]
    return {
        "weights": {name: {"shape": list(p.shape), "values": p.flatten().tolist()} for name, p in model.state_dict().items()},
        "sizes": sizes,
        "source": source,
        "lengths": lengths,
        "inputs": inputs,
        "end": end,
        "state": state.tolist(),
        "scores": scores.tolist(),
        "after": after.tolist(),
        "translations": ends,
    }


out = [
    case(148, [7, 6, 4, 5], [[1, 2, 6, 3], [5, 0, 0, 0], [3, 4, 0, 0]], [4, 1, 2], [[0, 2, 5], [0, 1, 1], [0, 3, 3]], 1, 3.0),
    case(4, [5, 8, 3, 6], [[4]], [1], [[0]], 2, 3.0),
]
(HERE / "seq2seq.expected.json").write_text(json.dumps(out) + "\n")
