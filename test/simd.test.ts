/** The SIMD kernels against the loops in TypeScript, and the committed bytes against their source. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import path from "node:path";
import { RandomState } from "unrolled";
import { allocate, bind, gemmRoom, plainWorkspace, workspace, type Workspace } from "../lib/src/simd";

const ULP = 2 ** -52;
const random = new RandomState(0);

/** Two workspaces of the same random numbers: [the kernels', the loops']. */
function pair(size: number): [Workspace, Workspace] {
  const numbers = random.randn(size);
  const spaces: [Workspace, Workspace] = [workspace(size), plainWorkspace(size)];
  for (const space of spaces) space.numbers.set(numbers);
  return spaces;
}

/** Numbers as whole multiples of 2^-1200, so that nothing below is rounded where a double could tell. */
const PLACES = 1200n;
const ONE = 1n << PLACES;

function exactly(x: number): bigint {
  let halvings = 0n;
  for (; !Number.isInteger(x); x *= 2) halvings++;
  return (BigInt(x) << PLACES) >> halvings;
}

/** exp x, for x ≥ 0: its series at x / 2^16, squared 16 times. */
function exp(x: bigint): bigint {
  let [sum, term] = [ONE, ONE];
  for (let k = 1n; term > 0n; k++) sum += term = (term * (x >> 16n)) / (k * ONE);
  for (let i = 0; i < 16; i++) sum = (sum * sum) >> PLACES;
  return sum;
}

const exact = {
  tanh(x: number): bigint {
    const e = exp(exactly(2 * Math.abs(x)));
    return (BigInt(Math.sign(x)) * (e - ONE) * ONE) / (e + ONE);
  },
  sigmoid(x: number): bigint {
    const e = exp(exactly(Math.abs(x)));
    return ((x < 0 ? ONE : e) * ONE) / (ONE + e);
  },
};

describe("SIMD kernels", () => {
  it("are what `npm run simd` makes of their source", async () => {
    const { assemble } = await import("../scripts/simd.mjs");
    const file = path.join(__dirname, "../lib/src/simd/bytes.ts");
    assert.equal(readFileSync(file, "utf8"), await assemble());
  });

  const shapes = [1, 2, 3, 4, 5, 8, 9].flatMap((m) => [1, 2, 3, 6, 7].map((n) => [m, n] as const));
  shapes.push([28, 64], [64, 27]);
  /** Whole fours of rows, and a guard behind them. */
  const fours = (n: number) => (n + 3) & ~3;
  const products = {
    gemv: (space: Workspace, m: number, n: number) => {
      const [x, A] = [fours(m) + 4, fours(m) + 4 + n];
      space.gemv(m, n, A, x, 0);
      return [[0, m] as const, [fours(m), x + n + fours(m) * n] as const];
    },
    gemvTransposed: (space: Workspace, m: number, n: number) => {
      const [x, A] = [n, n + fours(m)];
      space.numbers.fill(0, x + m, A);
      space.numbers.fill(0, A + m * n, A + fours(m) * n);
      space.gemvTransposed(m, n, A, x, 0);
      return [[0, A + fours(m) * n] as const];
    },
    ger: (space: Workspace, m: number, n: number) => {
      const [y, A] = [fours(m), fours(m) + n];
      space.ger(m, n, 0, y, A);
      return [[0, A + m * n] as const, [A + fours(m) * n, A + fours(m) * n + 8] as const];
    },
  };
  for (const [name, run] of Object.entries(products)) {
    it(`compute ${name} as the loops do, and touch nothing else`, () => {
      for (const [m, n] of shapes) {
        const [fast, plain] = pair(2 * (fours(m) * n + fours(m) + n) + 16);
        const ranges = run(fast, m, n);
        run(plain, m, n);
        for (const [from, to] of ranges) {
          for (let i = from; i < to; i++) {
            const [a, b] = [fast.numbers[i]!, plain.numbers[i]!];
            assert.ok(Math.abs(a - b) <= n * m * ULP * 4, `${name} [${m}, ${n}] at ${i}: ${a}, ${b}`);
          }
        }
      }
    });
  }

  for (const name of ["tanh", "sigmoid"] as const) {
    it(`compute ${name} to 3 · 2⁻⁵² of what it is`, () => {
      const values = [...random.randn(300), ...random.randn(200).map((x) => x * 8), 1e-8, 0.54, 15.43, -2.72, 19, -699];
      const fast = workspace(values.length);
      fast.numbers.set(values);
      fast[name](values.length, 0);
      values.forEach((x, i) => {
        const truth = exact[name](x);
        const error = Number(((exactly(fast.numbers[i]!) - truth) << 64n) / truth) / 2 ** 64;
        assert.ok(Math.abs(error) <= 3 * ULP, `${name}(${x}): ${error / ULP} · 2⁻⁵²`);
      });
    });

    it(`compute ${name} as the loops do, from the smallest to the largest`, () => {
      const special = [0, 5e-324, 1e-310, -1e-300, 1e-17, -1e-9, 20, -36, 37, -700, 709, 1e300];
      const values = [...special, ...random.randn(999).map((x) => x * 10), ...random.randn(1000)];
      for (const n of [0, 1, 7, values.length]) {
        const [fast, plain] = pair(values.length + 2);
        const guard = fast.numbers.slice(1 + n);
        for (const space of [fast, plain]) {
          space.numbers.set(values.slice(0, n), 1);
          space[name](n, 1);
        }
        for (let i = 1; i <= n; i++) {
          const [a, b] = [fast.numbers[i]!, plain.numbers[i]!];
          // 3 · 2⁻⁵² of the kernels and 1 of the loops; σ(x) is cut off at x = −700, where it is 1e−304.
          assert.ok(Math.abs(a - b) <= 4 * ULP * Math.abs(b) + 1e-303, `${name}(${values[i - 1]}): ${a}, ${b}`);
        }
        assert.deepEqual(fast.numbers.slice(1 + n), guard);
      }
    });

    it(`keep ${name} of infinities and of NaN`, () => {
      const [fast, plain] = pair(5);
      for (const space of [fast, plain]) {
        space.numbers.set([Infinity, NaN, -Infinity]);
        space[name](3, 0);
      }
      assert.equal(fast.numbers[0], 1);
      assert.ok(Number.isNaN(fast.numbers[1]));
      assert.equal(Math.fround(fast.numbers[2]!), plain.numbers[2]);
    });
  }

  it("leave the sigmoid at its value at −700, 9.9e−305, for all that is less", () => {
    const fast = workspace(5);
    fast.numbers.set([-700, -700.1, -745, -1e300, -Infinity]);
    fast.sigmoid(5, 0);
    for (const value of fast.numbers) assert.ok(Math.abs(value / Math.exp(-700) - 1) < 4 * ULP, `${value}`);
  });

  it("multiply float32 matrices, transposed or not, at every remainder of their tiles", () => {
    const memory = allocate(1 << 20)!;
    const kernels = bind(memory)!;
    const floats = new Float32Array(memory.buffer);
    for (const M of [1, 3, 4, 9]) {
      for (const N of [1, 7, 8, 17]) {
        for (const K of [1, 5, 128, 300]) {
          for (const [transposeA, transposeB] of [
            [false, false],
            [true, false],
            [false, true],
            [true, true],
          ]) {
            // prettier-ignore
            const A = 0;
            const B = A + M * K;
            const C = B + K * N;
            const work = C + M * N + 4;
            const end = work + gemmRoom(N);
            floats.set(random.randn(end + 8));
            floats.fill(NaN, C, end); // what was there must not matter
            const before = floats.slice(0, end + 8);
            const [rowA, stepA] = transposeA ? [1, M] : [K, 1];
            const [rowB, stepB] = transposeB ? [1, K] : [N, 1];
            kernels.gemm(M, N, K, A, rowA, stepA, B, rowB, stepB, C, work);
            for (let i = 0; i < M; i++) {
              for (let j = 0; j < N; j++) {
                let sum = 0;
                for (let k = 0; k < K; k++)
                  sum += before[A + i * rowA + k * stepA]! * before[B + k * rowB + j * stepB]!;
                assert.ok(Math.abs(floats[C + i * N + j]! - sum) < 1e-6 * (K + 10), `[${M}, ${K}] × [${K}, ${N}]`);
                floats[C + i * N + j] = NaN;
              }
            }
            floats.fill(NaN, work, end);
            assert.deepEqual(floats.slice(0, end + 8), before);
          }
        }
      }
    }
  });

  it("multiply small float32 matrices as they lie, the first one transposed or not", () => {
    const memory = allocate(1 << 17)!;
    const { smallGemm } = bind(memory)!;
    const floats = new Float32Array(memory.buffer);
    for (const M of [0, 1, 3]) {
      for (const N of [1, 3, 4, 7, 8, 32, 43, 71]) {
        for (const K of [0, 1, 5, 40]) {
          for (const [rowA, stepA] of [
            [K, 1],
            [1, M],
          ] as const) {
            const [B, C] = [M * K, M * K + K * N];
            floats.set(random.randn(C + M * N + 8));
            const before = floats.slice(0, C + M * N + 8);
            smallGemm(M, N, K, 0, rowA, stepA, B, C);
            for (let i = 0; i < M; i++) {
              for (let j = 0; j < N; j++) {
                let sum = 0;
                for (let k = 0; k < K; k++) sum += before[i * rowA + k * stepA]! * before[B + k * N + j]!;
                const got = floats[C + i * N + j]!;
                assert.ok(Math.abs(got - sum) < 1e-6 * (K + 1), `[${M}, ${K}] × [${K}, ${N}]: ${got}, ${sum}`);
              }
            }
            floats.set(before.subarray(C, C + M * N), C);
            assert.deepEqual(floats.slice(0, before.length), before);
          }
        }
      }
    }
  });
});
