"""NumPy's windows over sequences, for test/exercises/index-error.ts.

    python test/exercises/make/index-error.py        (numpy 2.4.6)

Writes ../index-error.expected.json: for several sequences and window lengths the rows of `sliding_window_view`, each cut
into a window and the number after it.
"""
import json
import pathlib

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

OUT = pathlib.Path(__file__).resolve().parent.parent / "index-error.expected.json"
state = np.random.RandomState(3)
cases = []
for sequence, length in [
    ([0, 1, 2, 3], 2),  # the one of the notebook
    ([0, 1, 2, 3], 1),
    ([0, 1, 2, 3], 3),
    ([4, 7], 1),
    (state.randint(0, 10, 9).tolist(), 4),
    (state.randint(0, 10, 12).tolist(), 5),
    (state.randint(0, 10, 30).tolist(), 1),
]:
    rows = sliding_window_view(np.array(sequence), length + 1)
    cases.append({"sequence": sequence, "length": length, "data": rows[:, :-1].tolist(), "labels": rows[:, -1].tolist()})
OUT.write_text(json.dumps(cases) + "\n")
