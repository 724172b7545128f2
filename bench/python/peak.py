"""A product of two square matrices: peak.py THREADS N. Twin of bench/workloads/peak.ts."""

import sys

from child import serve, torch_with

torch = torch_with(int(sys.argv[1]))


def make():
    a = torch.rand(int(sys.argv[2]), int(sys.argv[2]))

    def step():
        torch.matmul(a, a)
        return 0

    return step


serve(make)
