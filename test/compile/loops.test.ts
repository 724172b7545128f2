/** The loops that compute small graphs: each operation against TensorFlow's own, and the state that they keep. */
import { strict as assert } from "node:assert";
import { backend, nn, RandomState, tf } from "unrolled";
import { attrs, ops, type AttrValue } from "unrolled/dist/backend";
import { operations } from "unrolled/dist/compile/loops";

const T = "float32" as const;
const random = new RandomState(7);
const normal = (...shape: number[]) => tf.tensor([...random.randn(shape.reduce((a, b) => a * b, 1))], shape);
const positive = (...shape: number[]) => tf.tidy(() => tf.add(tf.abs(normal(...shape)), 0.1));
const ints = (values: number[], shape: number[] = [values.length]) => tf.tensor(values, shape, "int32");

/** One operation: its settings, what it takes as an argument, constants behind that, and how many results it has. */
interface Case {
  op: string;
  attrs: Record<string, AttrValue>;
  args: () => tf.Tensor[];
  constants?: () => tf.Tensor[];
  outputs?: number;
}

const unary = (op: string, make = normal, settings: Record<string, AttrValue> = { T }): Case => ({
  op,
  attrs: settings,
  args: () => [make(3, 5)],
});
/** Equal shapes, and those that are repeated along an axis, along two, and along all. */
const binary = (op: string, make = normal, settings: Record<string, AttrValue> = { T }): Case[] =>
  [[3, 5], [5], [3, 1], [], [2, 3, 5]].flatMap((shape) => [
    { op, attrs: settings, args: () => [make(3, 5), make(...shape)] },
    { op, attrs: settings, args: () => [make(...shape), make(3, 5)] },
  ]);
const equalShapes = (op: string): Case => ({ op, attrs: { T }, args: () => [normal(3, 5), normal(3, 5)] });
const someFlags = (...shape: number[]) => tf.tidy(() => tf.greater(normal(...shape), 0));

const reduction = (op: string): Case[] =>
  [[0], [1], [-1], [0, 1], [1, 2], [0, 1, 2], []].flatMap((axes) =>
    [false, true].map((keep_dims) => ({
      op,
      attrs: { T, Tidx: "int32", keep_dims } as Record<string, AttrValue>,
      args: () => [normal(2, 3, 4)],
      constants: () => [ints(axes)],
    })),
  );

const gates = () => Array.from({ length: 5 }, () => tf.tidy(() => tf.sigmoid(normal(2, 3))));

const cases: Case[] = [
  ...["Abs", "Ceil", "Cos", "Elu", "Exp", "Expm1", "Floor", "Neg", "OnesLike", "Relu", "Sigmoid"].map((op) =>
    unary(op),
  ),
  ...["Sign", "Sin", "Softplus", "Square", "Tanh", "ZerosLike"].map((op) => unary(op)),
  ...["Log", "Log1p", "Reciprocal", "Rsqrt", "Sqrt"].map((op) => unary(op, positive)),
  unary("LogicalNot", someFlags, {}),
  ...["Add", "AddV2", "DivNoNan", "Maximum", "Minimum", "Mul", "RealDiv", "SquaredDifference", "Sub"].flatMap((op) =>
    binary(op),
  ),
  ...["Greater", "GreaterEqual", "Less", "LessEqual"].flatMap((op) => binary(op)),
  ...["Equal", "NotEqual"].flatMap((op) =>
    binary(op, (...shape) => tf.tidy(() => tf.round(normal(...shape))), { T, incompatible_shape_error: true }),
  ),
  ...binary("Pow", positive),
  ...["LogicalAnd", "LogicalOr"].flatMap((op) => binary(op, someFlags, {})),
  ...["ReluGrad", "SigmoidGrad", "TanhGrad"].map(equalShapes),
  { op: "AddN", attrs: { T, N: 3 }, args: () => [normal(2, 3), normal(2, 3), normal(2, 3)] },
  { op: "Select", attrs: { T }, args: () => [someFlags(2, 3), normal(2, 3), normal(2, 3)] },
  { op: "SelectV2", attrs: { T }, args: () => [someFlags(2, 1), normal(2, 3), normal(3)] },
  { op: "Cast", attrs: { SrcT: T, DstT: "int32", Truncate: false }, args: () => [tf.tidy(() => normal(9).mul(5))] },
  { op: "Cast", attrs: { SrcT: T, DstT: "bool", Truncate: false }, args: () => [tf.tensor1d([0, 0.3, -2])] },
  { op: "Cast", attrs: { SrcT: "int32", DstT: T, Truncate: false }, args: () => [ints([3, -4])] },
  { op: "Cast", attrs: { SrcT: "bool", DstT: T, Truncate: false }, args: () => [someFlags(4)] },

  ...[false, true].flatMap((transpose_a) =>
    [false, true].flatMap((transpose_b) =>
      [
        [1, 1, 1],
        [3, 4, 5],
        [2, 37, 44],
        [5, 0, 3],
      ].map(([M, K, N]): Case => ({
        op: "MatMul",
        attrs: { T, transpose_a, transpose_b },
        args: () => [transpose_a ? normal(K!, M!) : normal(M!, K!), transpose_b ? normal(N!, K!) : normal(K!, N!)],
      })),
    ),
  ),
  ...[false, true].flatMap((adj_x) =>
    [false, true].map((adj_y): Case => ({
      op: "BatchMatMulV2",
      attrs: { T, adj_x, adj_y },
      args: () => [adj_x ? normal(2, 1, 4, 3) : normal(2, 1, 3, 4), adj_y ? normal(3, 5, 4) : normal(3, 4, 5)],
    })),
  ),
  ...["Sum", "Mean", "Max", "Min"].flatMap(reduction),
  ...["Softmax", "LogSoftmax"].map((op) => unary(op)),
  {
    op: "SparseSoftmaxCrossEntropyWithLogits",
    attrs: { T, Tlabels: "int32" },
    args: () => [normal(3, 4), ints([3, 0, 1])],
    outputs: 2,
  },
  {
    op: "LSTMBlockCell",
    attrs: { T, forget_bias: { float: 0.5 }, cell_clip: { float: -1 }, use_peephole: false },
    args: () => [
      ...[normal(2, 4), normal(2, 3), normal(2, 3), normal(7, 12)],
      ...[normal(3), normal(3), normal(3), normal(12)],
    ],
    outputs: 7,
  },
  {
    op: "LSTMBlockCellGrad",
    attrs: { T, use_peephole: false },
    args: () => [
      ...[normal(2, 4), normal(2, 3), normal(2, 3), normal(7, 12), normal(3), normal(3), normal(3), normal(12)],
      ...[...gates(), normal(2, 3), normal(2, 3), normal(2, 3)],
    ],
    outputs: 2, // the others are zeros without peepholes, and TensorFlow leaves them as they are
  },

  { op: "BroadcastTo", attrs: { T, Tidx: "int32" }, args: () => [normal(3, 1)], constants: () => [ints([2, 3, 4])] },
  ...[0, 1, -1].map((axis): Case => ({
    op: "ConcatV2",
    attrs: { T, Tidx: "int32", N: 2 },
    args: () => [normal(2, 3), normal(2, 3)],
    constants: () => [tf.scalar(axis, "int32")],
  })),
  { op: "Fill", attrs: { T, index_type: "int32" }, args: () => [], constants: () => [ints([2, 3]), tf.scalar(0.5)] },
  {
    op: "GatherNd",
    attrs: { Tparams: T, Tindices: "int32" },
    args: () => [normal(3, 4), ints([2, 3, 0, 1], [2, 2])],
  },
  { op: "GatherNd", attrs: { Tparams: T, Tindices: "int32" }, args: () => [normal(3, 4), ints([2, 0], [2, 1])] },
  ...[0, 1, -1].map((axis): Case => ({
    op: "GatherV2",
    attrs: { Tparams: T, Tindices: "int32", Taxis: "int32", batch_dims: 0 },
    args: () => [normal(3, 4), ints([2, 0, 2, 1], [2, 2])],
    constants: () => [tf.scalar(axis, "int32")],
  })),
  ...[-1, 0, 1].map((axis): Case => ({
    op: "OneHot",
    attrs: { T, TI: "int32", axis },
    args: () => [ints([2, 0, -1, 3, 1, 1], [2, 3])],
    constants: () => [tf.scalar(3, "int32"), tf.scalar(5), tf.scalar(-1)],
  })),
  ...[0, 1, -1].map((axis): Case => ({
    op: "Pack",
    attrs: { T, N: 2, axis },
    args: () => [normal(2, 3), normal(2, 3)],
  })),
  {
    op: "Pad",
    attrs: { T, Tpaddings: "int32" },
    args: () => [normal(2, 3)],
    constants: () => [ints([1, 0, 2, 1], [2, 2])],
  },
  {
    op: "PadV2",
    attrs: { T, Tpaddings: "int32" },
    args: () => [normal(2, 3)],
    constants: () => [ints([1, 0, 2, 1], [2, 2]), tf.scalar(7)],
  },
  {
    op: "Range",
    attrs: { Tidx: "int32" },
    args: () => [],
    constants: () => [tf.scalar(2, "int32"), tf.scalar(11, "int32"), tf.scalar(3, "int32")],
  },
  { op: "ReverseV2", attrs: { T, Tidx: "int32" }, args: () => [normal(2, 3, 2)], constants: () => [ints([1, -1])] },
  {
    op: "ScatterNd",
    attrs: { T, Tindices: "int32" },
    args: () => [ints([2, 0, 2], [3, 1]), normal(3, 4)],
    constants: () => [ints([3, 4])],
  },
  {
    op: "Slice",
    attrs: { T, Index: "int32" },
    args: () => [normal(3, 4)],
    constants: () => [ints([1, 2]), ints([2, -1])],
  },
  ...[0, 1].map((axis): Case => ({
    op: "Split",
    attrs: { T, num_split: 2 },
    args: () => [tf.scalar(axis, "int32"), normal(2, 4)],
    outputs: 2,
  })),
  ...[0, 1, -1].map((axis): Case => ({
    op: "SplitV",
    attrs: { T, num_split: 2, Tlen: "int32" },
    args: () => [normal(4, 4)],
    constants: () => [ints([1, 3]), tf.scalar(axis, "int32")],
    outputs: 2,
  })),
  ...["TensorScatterAdd", "TensorScatterSub"].map((op): Case => ({
    op,
    attrs: { T, Tindices: "int32" },
    args: () => [normal(3, 4), ints([2, 3, 0, 1, 2, 3], [3, 2]), normal(3)],
  })),
  { op: "Tile", attrs: { T, Tmultiples: "int32" }, args: () => [normal(2, 3)], constants: () => [ints([2, 3])] },
  ...[
    [2, 0, 1],
    [1, 0, 2],
  ].map((order): Case => ({
    op: "Transpose",
    attrs: { T, Tperm: "int32" },
    args: () => [normal(2, 3, 4)],
    constants: () => [ints(order)],
  })),
  ...[0, 1, -1].map((axis): Case => ({
    op: "Unpack",
    attrs: { T, num: 3, axis },
    args: () => [normal(3, 3, 3)],
    outputs: 3,
  })),
  {
    op: "UnsortedSegmentSum",
    attrs: { T, Tindices: "int32", Tnumsegments: "int32" },
    args: () => [normal(4, 3), ints([1, 0, -1, 1])],
    constants: () => [tf.scalar(2, "int32")],
  },
];

/** The axis of Split is its first input and must be a constant, so it is made in the step. */
const split = ({ op, attrs: settings, constants, outputs = 1 }: Case, args: readonly tf.Tensor[]) => {
  const [axis, ...rest] = args;
  const inputs = op === "Split" ? [tf.scalar(axis!.dataSync()[0]!, "int32"), ...rest] : args;
  const count = op === "LSTMBlockCellGrad" ? 5 : outputs;
  return ops(op, attrs(settings), [...inputs, ...(constants?.() ?? [])], count).slice(0, outputs);
};

function same(got: tf.Tensor, want: tf.Tensor, what: string): void {
  assert.deepEqual([got.shape, got.dtype], [want.shape, want.dtype], what);
  const [a, b] = [got.dataSync(), want.dataSync()];
  b.forEach((x, i) => {
    const isSame = Object.is(a[i], x) || Math.abs(a[i]! - x) <= 4e-6 * Math.max(Math.abs(x), 1);
    assert.ok(isSame, `${what}, at ${i}: ${a[i]}, TensorFlow ${x}`);
  });
}

describe("the loops of nn.compile", function () {
  before(function () {
    if (backend.name !== "tensorflow") this.skip();
  });

  /** A step that must run as loops, and give what it gives eagerly, bit by bit. */
  function equalsEager(step: (...args: tf.Tensor[]) => tf.Tensor, ...calls: (() => tf.Tensor[])[]): void {
    tf.tidy(() => {
      const compiled = nn.compile(step, { engine: "loops", strict: true, audit: [] });
      for (let i = 0; i < 3 + calls.length; i++) {
        const args = calls[Math.max(0, i - 3)]!();
        assert.deepEqual([...compiled(...args).dataSync()], [...step(...args).dataSync()], `call ${i}`);
      }
      assert.deepEqual([compiled.stats.engine, compiled.stats.replays], ["loops", calls.length]);
      compiled.dispose();
    });
  }

  // The piece was read by the loop that computes it: the numbers were those of the last call.
  it("read pieces of what was just computed when it is there", () => {
    const values = [1e-4, 1, 2, 3].map((x) => () => [tf.tensor1d([x, 2 * x, x]), tf.ones([3])]);
    equalsEager((x, u) => tf.add(u!, tf.unstack(tf.mul(x!, 2))[1]!), ...values);
    const matrices = [1e-4, 1, 2].map((x) => () => [tf.fill([2, 2], x), tf.ones([2, 2])]);
    equalsEager((x, u) => tf.add(u!, tf.split(tf.mul(x!, 3), 2, 0)[1]!), ...matrices);
  });

  it("round between operations as TensorFlow does", () => {
    const steps = () => [tf.tensor1d([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7])];
    equalsEager((x) => tf.floor(tf.div(x!, 0.1)), steps);
    equalsEager((x) => tf.equal(tf.add(x!, 1e-9), x!), steps);
    equalsEager(
      (x) => tf.log(tf.exp(tf.mul(x!, 200))),
      () => [tf.tensor1d([1, 0])],
    );
  });

  it("wrap whole numbers at 32 bits", () => {
    const large = () => [ints([123456789, 2147483647, -2147483648, 65537, -7])];
    equalsEager((x) => tf.mul(x!, x!), large);
    equalsEager((x) => tf.greater(tf.add(x!, x!), tf.scalar(0, "int32")), large);
    equalsEager((x) => tf.cast(tf.mul(x!, x!), "float32"), large);
    equalsEager((x) => tf.sub(tf.neg(x!), x!), large);
    equalsEager(
      (x) => tf.cast(tf.cast(x!, "int32"), "float32"),
      () => [tf.tensor1d([NaN, Infinity, -3e9, 3e9, -2.7])],
    );
  });

  it("know what 1 and −1 to the power of infinity are, and that any byte but 0 is true", () => {
    equalsEager(
      (x, y) => tf.pow(x!, y!),
      () => [tf.tensor1d([1, 1, -1, 2]), tf.tensor1d([NaN, Infinity, -Infinity, 3])],
    );
    equalsEager(
      (x, y) => tf.logicalAnd(x!, y!),
      () => [tf.tensor1d(new Uint8Array([2, 0, 4]), "bool"), tf.tensor1d([1, 0, 1], "bool")],
    );
  });

  it("multiply many small matrices, the second ones transposed", () => {
    const step = nn.compile((a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b, false, true), {
      engine: "loops",
      audit: [],
    });
    tf.tidy(() => {
      for (let i = 0; i < 5; i++) {
        const [a, b] = [normal(600, 1, 8), normal(600, 1, 8)];
        same(step(a, b), tf.matMul(a, b, false, true), `call ${i}`);
      }
    });
    assert.equal(step.stats.engine, "loops");
    step.dispose();
  });

  // V8 does not optimise a function of thousands of operations.
  it("cut a long list of operations into loops of a length that V8 makes fast", () => {
    equalsEager(
      (x) =>
        Array.from({ length: 300 }).reduce<tf.Tensor>((y, _, i) => (i % 2 ? tf.mul(y, 0.99) : tf.add(y, 0.01)), x!),
      () => [tf.tensor1d([1, 2, 3])],
    );
  });

  it("leave to TensorFlow what they get wrong, or cannot lay out", () => {
    const step = nn.compile((x: tf.Tensor) => tf.add(x, tf.gather(tf.tensor1d([1, 2]), tf.tensor1d([1], "int32"))), {
      audit: [],
    });
    tf.tidy(() => {
      for (let i = 0; i < 5; i++) assert.equal(step(tf.ones([1])).dataSync()[0], 3);
    });
    assert.equal(step.reason, undefined);
  });

  it("are tested for each operation", () => {
    const tested = new Set(cases.map(({ op }) => op));
    assert.deepEqual(
      operations.filter((op) => !tested.has(op)),
      [],
    );
  });

  for (const op of new Set(cases.map((one) => one.op))) {
    it(`compute ${op} as TensorFlow does`, () => {
      for (const one of cases.filter((other) => other.op === op)) {
        tf.tidy(() => {
          const isSplit = op === "Split";
          const axis = one.args()[0]!;
          const step = nn.compile((...args: tf.Tensor[]) => split(one, isSplit ? [axis, ...args] : args), {
            engine: "loops",
            strict: true,
            audit: [],
          });
          for (let call = 0; call < 6; call++) {
            const args = isSplit ? one.args().slice(1) : one.args();
            const want = split(one, isSplit ? [axis, ...args] : args);
            step(...args).forEach((got, i) => same(got, want[i]!, `${JSON.stringify(one.attrs)}, result ${i}`));
          }
          assert.deepEqual([step.stats.engine, step.stats.replays], ["loops", 3], JSON.stringify(one.attrs));
          step.dispose();
        });
      }
    });
  }
});
