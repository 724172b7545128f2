/**
 * Who computes a graph, this library or TensorFlow, and whether it gains by more than one thread: rough estimates from shapes, not
 * measurements, so that the choice is the same in each run.
 *
 * TensorFlow hands each graph to its pool of threads, where waking up and handing over cost more than a small graph gains.
 * In the caller's thread hihell takes 51 µs in place of 109, the LSTM tagger 87 in place of 154, an RNN of 16 rows (H = 64,
 * T = 20) 261 in place of 368; an RNN of 64 rows (H = 128), cut into two chains, 1,337 in place of 823 (2 cores).
 */
import { backend } from "../backend";
import { elements, type Node, type Nodes } from "./nodes";

/** What views and constants cost: nothing. */
const isFree = (op: string) => /^(Const|Placeholder|Reshape|Identity|ExpandDims|Squeeze)$/.test(op);

/** Operations that shapes alone do not tell enough about; large as a rule. */
const isUnknown = (op: string) => /Conv|FFT|Svd|Qr$/.test(op);

/** Whether several threads are worth waking for these nodes, with all that they depend on. */
export function needsThreads(
  nodes: Nodes,
  used: readonly Node[],
  { threads, gpu }: Pick<typeof backend, "threads" | "gpu"> = backend,
): boolean {
  if (gpu || used.some(({ op }) => isUnknown(op))) return true;
  const ends = endsOf(nodes, used);
  let work = 0;
  let path = 0; // the longest chain of nodes that wait for each other
  for (const node of used) {
    work += microseconds(nodes, node);
    path = Math.max(path, ends.get(node)!);
  }
  const saved = work - Math.max(path, work / threads);
  // Both bounds from 17 models of 0.25 to 5 ms in both ways: where the estimate says less, the caller's thread was as fast or faster.
  return saved > work / 4 && saved > 0.6 * used.length;
}

/**
 * When each node would be done if nothing but its inputs kept it waiting. Not in the order of the list, where joined sums stand
 * behind what waits for them; and without recursion, for which a chain of thousands of nodes would be too deep.
 */
function endsOf(nodes: Nodes, used: readonly Node[]): Map<Node, number> {
  const ends = new Map<Node, number>();
  for (const root of used) {
    const pending = [root];
    for (let node = pending.at(-1); node !== undefined; node = pending.at(-1)) {
      const makers = node.inputs.map((id) => nodes.maker(id));
      const open = makers.filter((maker) => !ends.has(maker));
      if (open.length > 0) pending.push(...open);
      else {
        pending.pop();
        const start = makers.reduce((latest, maker) => Math.max(latest, ends.get(maker)!), 0);
        ends.set(node, start + microseconds(nodes, node));
      }
    }
  }
  return ends;
}

/** Multiplications of a product of matrices, or of a batch of them: m·k·n for each. */
function productSize(nodes: Nodes, { inputs: [a, b], outputs: [c] }: Node): number {
  const last = (id: number) => elements({ ...nodes.meta(id), shape: nodes.meta(id).shape.slice(-2) });
  const [m = 1, n = 1] = c!.shape.slice(-2);
  return (elements(c!) / (m * n || 1)) * Math.sqrt(last(a!) * last(b!) * m * n); // mk · kn · mn = (mkn)²
}

/** The time of an operation on one thread, as measured on one core of an AMD EPYC (2024). */
function microseconds(nodes: Nodes, node: Node): number {
  const { op, inputs, outputs } = node;
  if (isFree(op)) return 0;
  const sizes = inputs.map((id) => elements(nodes.meta(id)));
  const weights = sizes[3] ?? 0;
  const largest = Math.max(...sizes, ...outputs.map(elements));
  let multiplications = 0;
  if (op.includes("MatMul")) multiplications = productSize(nodes, node);
  if (op === "LSTMBlockCell") multiplications = weights * nodes.meta(inputs[1]!).shape[0]!;
  return 0.25 + multiplications / 1e5 + largest / 8e3;
}

/**
 * Whether the loops of this library are the faster ones: TensorFlow takes 25 µs for a call and 0.3 µs for each node before anything
 * is computed. By loops hihell takes 15 µs in place of 110, a sentence of the LSTM tagger 38 in place of 220 (one core with AVX2); up
 * to which size they win is in docs/compile.md.
 */
export function suitsLoops(nodes: Nodes, used: readonly Node[]): boolean {
  let loops = 0;
  let session = 25;
  for (const node of used) {
    loops += loopMicroseconds(nodes, node);
    session += 0.3 + microseconds(nodes, node) + (node.op.startsWith("LSTMBlock") ? 3 : 0);
  }
  return loops < session;
}

/** Operations with an exponential or the like for each number. */
const isTranscendental = (op: string) => /^(Tanh|Sigmoid|Exp|Log|Soft|SparseSoftmax|Pow|Sin|Cos|Elu)/.test(op);

/** Operations that walk through their inputs, which may be larger than the result. */
const isWalk = (op: string) => /^(Sum|Mean|Max|Min|UnsortedSegmentSum)$/.test(op);

/** The time of an operation as a loop, on the same core. */
function loopMicroseconds(nodes: Nodes, node: Node): number {
  const { op, inputs, outputs } = node;
  if (isFree(op)) return 0;
  const [a = 0, , , weights = 0] = inputs.map((id) => elements(nodes.meta(id)));
  const made = outputs.reduce((sum, meta) => sum + elements(meta), 0);
  if (op.includes("MatMul")) return 0.1 + productSize(nodes, node) / 6e3;
  if (op === "LSTMBlockCell") return 0.3 + (weights * nodes.meta(inputs[1]!).shape[0]!) / 6e3 + made / 80;
  return 0.04 + (isWalk(op) ? a : made) / (isTranscendental(op) ? 100 : 600);
}
