"""The training of notebook 01 as a whole: alice_text.py THREADS, the text named by BENCH_TEXT. Twin of alice-text.ts."""

import os
import sys

from child import serve, torch_with

torch = torch_with(int(sys.argv[1]))
from torch.utils.data import DataLoader, Dataset

B, T, E, H = 256, 40, 64, 128


class Windows(Dataset):
    """Every window of the text as a list of numbers, made into tensors one by one, as the notebook does."""

    def __init__(self, ids):
        starts = range(len(ids) - T)
        self.inputs = [ids[i : i + T] for i in starts]
        self.targets = [ids[i + 1 : i + T + 1] for i in starts]

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, i):
        return torch.tensor(self.inputs[i]), torch.tensor(self.targets[i])


def make():
    from models import TextModel, trainer

    torch.manual_seed(0)
    with open(os.environ["BENCH_TEXT"], encoding="utf-8") as file:
        text = "".join(c for c in file.read().lower() if c.isalpha() or c.isspace())
    characters = sorted(set(text))
    number = {character: i for i, character in enumerate(characters)}
    loader = DataLoader(Windows([number[c] for c in text]), batch_size=B, shuffle=True)
    train = trainer(TextModel(len(characters), E, H), lr=0.001)

    def endless():
        while True:
            yield from loader

    batches = endless()
    return lambda: train(*next(batches))


serve(make)
