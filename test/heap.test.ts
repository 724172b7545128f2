/** Tensors in the memory of the WebAssembly backend: only where that runs, so this file starts itself again there. */
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { backend, RandomState, tf } from "unrolled";
import { heap } from "unrolled/dist/kernels/heap";
import { backendOps } from "unrolled/dist/kernels/ops";

const random = new RandomState(0);
const matrix = (rows: number, columns: number) =>
  tf.tensor2d(Float32Array.from(random.randn(rows * columns)), [rows, columns]);

if (process.env.UNROLLED_BACKEND === "wasm") {
  describe("tensors in WebAssembly's memory", () => {
    const early = matrix(5, 7); // made while the plain backend still serves
    before(() => backend.ready);

    /** a·b by its definition. */
    function product(a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean): number[] {
      const [x, y] = [a, b].map((t) => t.arraySync() as number[][]);
      const at = (m: number[][], i: number, j: number, transposed: boolean) => (transposed ? m[j]![i]! : m[i]![j]!);
      const [M, K] = transposeA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
      const N = b.shape[transposeB ? 0 : 1]!;
      return Array.from({ length: M * N }, (_, at0) => {
        const [i, j] = [Math.floor(at0 / N), at0 % N];
        return Array.from({ length: K }, (_, k) => at(x!, i, k, transposeA) * at(y!, k, j, transposeB)).reduce(
          (sum, term) => sum + term,
          0,
        );
      });
    }

    it("are multiplied, transposed or not, narrow or wide", () => {
      const o = backendOps();
      for (const [M, K, N] of [
        [1, 1, 1],
        [5, 7, 9],
        [300, 3, 2],
        [2, 300, 33],
        [4, 2, 500],
      ]) {
        // prettier-ignore
        for (const [ta, tb] of [[false, false], [true, false], [false, true], [true, true]]) { // prettier-ignore
          const a = ta ? matrix(K!, M!) : matrix(M!, K!);
          const b = tb ? matrix(N!, K!) : matrix(K!, N!);
          const got = o.matMul(a, b, ta, tb);
          assert.deepEqual(got.shape, [M, N]);
          const expected = product(a, b, ta!, tb!);
          got.dataSync().forEach((x, i) => assert.ok(Math.abs(x - expected[i]!) < 1e-4, `[${M}, ${K}, ${N}]`));
        }
      }
      assert.deepEqual(o.matMul(tf.zeros([0, 3]), matrix(3, 2)).shape, [0, 2]);
      assert.deepEqual([...o.matMul(tf.zeros([2, 0]), tf.zeros([0, 2])).dataSync()], [0, 0, 0, 0]);
    });

    it("are read where they are, though they were made elsewhere and the memory moves", () => {
      const o = backendOps();
      const before = early.clone();
      const large = Array.from({ length: 8 }, () => tf.ones([1 << 20])); // 32 MB: more than there is at the start
      const [head, tail] = o.split(early, [2, 3], 0);
      const joined = o.concat([head!, o.reshape(o.split(large[0]!, [7, (1 << 20) - 7], 0)[0]!, [1, 7])], 0);
      assert.deepEqual([...joined.dataSync()], [...before.dataSync().slice(0, 14), ...new Array<number>(7).fill(1)]);
      assert.deepEqual([...tail!.dataSync()], [...before.dataSync().slice(14)]);
      tf.dispose(large);
    });

    it("are freed with their scope", () => {
      const a = matrix(4, 5);
      const { numTensors, numBytes } = tf.memory();
      tf.tidy(() => {
        const o = backendOps();
        o.concat(o.split(o.matMul(a, a, true), [2, 3], 0), 0);
        assert.ok(tf.memory().numBytes > numBytes);
      });
      assert.deepEqual([tf.memory().numTensors, tf.memory().numBytes], [numTensors, numBytes]);
    });

    it("are reached with the product of our own: SIMD and the memory are there", () => {
      assert.ok(heap()?.matMul);
    });
  });
} else {
  describe("the WebAssembly backend", () => {
    it("passes these tests and those of the losses", function () {
      this.timeout(120_000);
      const files = [__filename, path.join(__dirname, "loss.test.ts")];
      const args = ["--no-config", "--node-option", "import=tsx", "--timeout", "60000", "--reporter", "dot", ...files];
      const env = { ...process.env, UNROLLED_BACKEND: "wasm" };
      const child = spawnSync(process.execPath, [require.resolve("mocha/bin/mocha.js"), ...args], {
        env,
        encoding: "utf8",
      });
      assert.equal(child.status, 0, child.stdout + child.stderr);
    });
  });
}
