"""One step of a recurrent network in NumPy, one time step after another. Twin of bench/workloads/vanilla.ts."""

import numpy as np

from child import serve

H, V, T = 64, 28, 25


class VanillaRNN:
    def __init__(self):
        xavier = lambda rows, columns: np.random.randn(rows, columns) * np.sqrt(2.0 / (rows + columns))
        self.w_xh, self.w_hh, self.w_hy = xavier(H, V), xavier(H, H), xavier(V, H)
        self.b_h, self.b_y = np.zeros((H, 1)), np.zeros((V, 1))

    def loss_and_gradients(self, inputs, targets):
        h, states, probabilities, loss = np.zeros((H, 1)), [], [], 0.0
        states.append(h)
        for x, target in zip(inputs, targets):
            h = np.tanh(self.w_hh @ h + self.w_xh @ x + self.b_h)
            y = self.w_hy @ h + self.b_y
            e = np.exp(y - np.max(y))
            p = e / np.sum(e)
            loss -= np.log(p[target, 0] + 1e-10)
            states.append(h)
            probabilities.append(p)

        d_xh, d_hh, d_hy = np.zeros_like(self.w_xh), np.zeros_like(self.w_hh), np.zeros_like(self.w_hy)
        d_bh, d_by = np.zeros_like(self.b_h), np.zeros_like(self.b_y)
        dh_next = np.zeros((H, 1))
        for t in reversed(range(T)):
            h = states[t + 1]
            dy = probabilities[t].copy()
            dy[targets[t], 0] -= 1
            dy /= T
            d_hy += dy @ h.T
            d_by += dy
            dz = (self.w_hy.T @ dy + dh_next) * (1 - h**2)
            d_xh += dz @ inputs[t].T
            d_hh += dz @ states[t].T
            d_bh += dz
            dh_next = self.w_hh.T @ dz
        gradients = [d_xh, d_hh, d_hy, d_bh, d_by]
        for gradient in gradients:
            np.clip(gradient, -5, 5, out=gradient)
        return loss / T, gradients

    def train(self, ids, rate):
        inputs = []
        for i in ids[:-1]:
            one_hot = np.zeros((V, 1))
            one_hot[i, 0] = 1
            inputs.append(one_hot)
        loss, gradients = self.loss_and_gradients(inputs, ids[1:])
        for parameter, gradient in zip([self.w_xh, self.w_hh, self.w_hy, self.b_h, self.b_y], gradients):
            parameter -= rate * gradient
        return float(loss)


def make():
    np.random.seed(42)
    ids = [int(i) for i in np.random.randint(0, V, T + 1)]
    model = VanillaRNN()
    return lambda: model.train(ids, 0.1)


serve(make)
