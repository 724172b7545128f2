// The source of lib/src/simd/bytes.ts: loops in WebAssembly text with 128-bit SIMD, two float64 or four float32 numbers at a
// time. lib/src/simd/loops.ts says the same in TypeScript; read that first. Here only the four rows that are worked on
// together are written by JavaScript, the rest is as the assembler reads it.
//
// Matrices are row-major. An argument that names numbers is an index into the memory, counted in numbers of their type.
// Sums run over pairs (float64) or in order (float32), always the same way, so that results do not depend on anything else.

/** Lines of text for each of the four rows. */
const rows = (/** @type {(row: number) => string} */ line) => [0, 1, 2, 3].map(line).join("\n");

const locals = (/** @type {string} */ type, /** @type {string[]} */ ...names) =>
  names.map((name) => `(local $${name} ${type})`).join(" ");

/** Walks through the columns of four rows a0…a3 of A [m, n], two at a time; an odd last one alone, beside a zero. */
const overRows = (
  /** @type {{ before?: string, pair: (load: string, store: (at: string, value: string) => string) => string, after?: string }} */ {
    before = "",
    pair,
    after = "",
  },
) => `
    (local.set $row (i32.shl (local.get $n) (i32.const 3)))
    (local.set $pairs (i32.and (local.get $row) (i32.const -16)))
    (local.set $a3 (i32.sub (i32.shl (local.get $A) (i32.const 3)) (local.get $row)))
    (local.set $x (i32.shl (local.get $x) (i32.const 3)))
    (local.set $y (i32.shl (local.get $y) (i32.const 3)))
    (block $done (loop $rows
      (br_if $done (i32.le_s (local.get $m) (i32.const 0)))
      ${rows((r) => `(local.set $a${r} (i32.add (local.get $a${(r + 3) % 4}) (local.get $row)))`)}
      ${before}
      (local.set $k (i32.const 0))
      (block $end (loop $columns
        (br_if $end (i32.ge_u (local.get $k) (local.get $pairs)))
        ${pair("v128.load", (at, value) => `(v128.store ${at} ${value})`)}
        (local.set $k (i32.add (local.get $k) (i32.const 16)))
        (br $columns)))
      (if (i32.ne (local.get $k) (local.get $row)) (then
        ${pair("v128.load64_zero", (at, value) => `(v128.store64_lane 0 ${at} ${value})`)}))
      ${after}
      (local.set $m (i32.sub (local.get $m) (i32.const 4)))
      (br $rows)))`;

const walk = `${locals("i32", "row", "pairs", "k", "a0", "a1", "a2", "a3")}`;
const at = (/** @type {string} */ name) => `(i32.add (local.get $${name}) (local.get $k))`;

const float64 = `
  ;; y += A x, with A [m, n]
  (func (export "gemv") (param $m i32) (param $n i32) (param $A i32) (param $x i32) (param $y i32)
    ${walk} ${locals("v128", "v", "s0", "s1", "s2", "s3")}
    ${overRows({
      before: rows((r) => `(local.set $s${r} (v128.const i64x2 0 0))`),
      pair: (load) => `
        (local.set $v (${load} ${at("x")}))
        ${rows((r) => `(local.set $s${r} (f64x2.add (local.get $s${r}) (f64x2.mul (local.get $v) (${load} ${at(`a${r}`)}))))`)}`,
      after: `
      ${rows(
        (r) => `(f64.store offset=${8 * r} (local.get $y) (f64.add (f64.load offset=${8 * r} (local.get $y))
          (f64.add (f64x2.extract_lane 0 (local.get $s${r})) (f64x2.extract_lane 1 (local.get $s${r})))))`,
      )}
      (local.set $y (i32.add (local.get $y) (i32.const 32)))`,
    })})

  ;; y += Aᵀ x, with A [m, n]
  (func (export "gemvTransposed") (param $m i32) (param $n i32) (param $A i32) (param $x i32) (param $y i32)
    ${walk} ${locals("v128", "x0", "x1", "x2", "x3")}
    ${overRows({
      before: `${rows((r) => `(local.set $x${r} (v128.load64_splat offset=${8 * r} (local.get $x)))`)}
      (local.set $x (i32.add (local.get $x) (i32.const 32)))`,
      pair: (load, store) => {
        const product = (/** @type {number} */ r) => `(f64x2.mul (local.get $x${r}) (${load} ${at(`a${r}`)}))`;
        const sum = `(f64x2.add (f64x2.add ${product(0)} ${product(1)}) (f64x2.add ${product(2)} ${product(3)}))`;
        return store(at("y"), `(f64x2.add (${load} ${at("y")}) ${sum})`);
      },
    })})

  ;; A += x yᵀ, with A [m, n]
  (func (export "ger") (param $m i32) (param $n i32) (param $x i32) (param $y i32) (param $A i32)
    ${walk} ${locals("v128", "v", "x0", "x1", "x2", "x3")}
    ${overRows({
      before: `${rows((r) => `(local.set $x${r} (v128.load64_splat offset=${8 * r} (local.get $x)))`)}
      (local.set $x (i32.add (local.get $x) (i32.const 32)))`,
      pair: (load, store) => `
        (local.set $v (${load} ${at("y")}))
        ${rows((r) =>
          store(at(`a${r}`), `(f64x2.add (${load} ${at(`a${r}`)}) (f64x2.mul (local.get $x${r}) (local.get $v)))`),
        )}`,
    })})`;

const both = (/** @type {number} */ value) => `(v128.const f64x2 ${value} ${value})`;
/** c[0] + c[1] z + c[2] z² …, by Horner's rule. */
const polynomial = (/** @type {number[]} */ c) =>
  c
    .slice(0, -1)
    .reduceRight(
      (sum, value) => `(f64x2.add (f64x2.mul ${sum} (local.get $z)) ${both(value)})`,
      both(c[c.length - 1] ?? 0),
    );

// Cody and Waite's way: y = n ln 2 + r, and for |r| ≤ ln 2 / 2 exp r = (Q + rP) / (Q − rP) with P, Q polynomials in r² (the
// coefficients are those of Cephes' exp.c). With s = 2ⁿ that makes σ(y) = s (Q + rP) / ((s + 1) Q + (s − 1) rP), and
// tanh(y / 2) = ((s − 1) Q + (s + 1) rP) over the same, without a difference of nearly equal numbers for small y.
const squashed = (/** @type {string} */ x) => `
      (local.set $y (f64x2.mul ${x} (f64x2.splat (local.get $scale))))
      (local.set $y (f64x2.max (f64x2.min (local.get $y) ${both(700)}) ${both(-700)}))
      ;; n as the low bits of a large number: adding 1.5 · 2⁵² rounds to whole numbers
      (local.set $t (f64x2.add (f64x2.mul (local.get $y) ${both(Math.LOG2E)}) ${both(1.5 * 2 ** 52)}))
      (local.set $s (i64x2.add (i64x2.shl (local.get $t) (i32.const 52)) (v128.const i64x2 0x3ff0000000000000 0x3ff0000000000000)))
      (local.set $t (f64x2.sub (local.get $t) ${both(1.5 * 2 ** 52)}))
      (local.set $r (f64x2.sub
        (f64x2.sub (local.get $y) (f64x2.mul (local.get $t) ${both(0.693145751953125)}))
        (f64x2.mul (local.get $t) ${both(1.4286068203094173e-6)})))
      (local.set $z (f64x2.mul (local.get $r) (local.get $r)))
      (local.set $rP (f64x2.mul (local.get $r) ${polynomial([1, 0.030299440770744195, 1.2617719307481058e-4])}))
      (local.set $Q ${polynomial([2, 2.2726554820815503e-1, 2.524483403496841e-3, 3.0019850513866446e-6])})
      (local.set $y (f64x2.div
        (f64x2.add
          (f64x2.mul (f64x2.sub (local.get $s) (f64x2.splat (local.get $one))) (local.get $Q))
          (f64x2.mul (f64x2.add (local.get $s) (f64x2.splat (local.get $one))) (local.get $rP)))
        (f64x2.add
          (f64x2.mul (f64x2.add (local.get $s) ${both(1)}) (local.get $Q))
          (f64x2.mul (f64x2.sub (local.get $s) ${both(1)}) (local.get $rP)))))`;

const squash = `
  ;; x[0 … n − 1] becomes σ(x) with scale = 1, one = 0, and tanh x with scale = 2, one = 1
  (func (export "squash") (param $n i32) (param $x i32) (param $scale f64) (param $one f64)
    ${locals("i32", "end")} ${locals("v128", "y", "t", "s", "r", "z", "Q", "rP")}
    (local.set $x (i32.shl (local.get $x) (i32.const 3)))
    (local.set $end (i32.add (local.get $x) (i32.shl (i32.and (local.get $n) (i32.const -2)) (i32.const 3))))
    (block $done (loop $pairs
      (br_if $done (i32.ge_u (local.get $x) (local.get $end)))
      ${squashed("(v128.load (local.get $x))")}
      (v128.store (local.get $x) (local.get $y))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (br $pairs)))
    (if (i32.and (local.get $n) (i32.const 1)) (then
      ${squashed("(v128.load64_zero (local.get $x))")}
      (v128.store64_lane 0 (local.get $x) (local.get $y)))))`;

/** Of one row of C = A B as many blocks of so many vectors of four columns as there are; of single columns, for 0 vectors. */
const columns = (/** @type {number} */ vectors) => {
  const width = 4 * vectors || 1;
  const sums = Array.from({ length: vectors }, (_, i) => i);
  const each = (/** @type {(i: number) => string} */ line) => sums.map(line).join("\n");
  const [clear, add, store] = vectors
    ? [
        each((i) => `(local.set $s${i} (v128.const i64x2 0 0))`),
        `(local.set $t (v128.load32_splat (local.get $a)))
        ${each((i) => `(local.set $s${i} (f32x4.add (local.get $s${i}) (f32x4.mul (local.get $t) (v128.load offset=${16 * i} (local.get $b)))))`)}`,
        each((i) => `(v128.store offset=${16 * i} (local.get $C) (local.get $s${i}))`),
      ]
    : [
        "(local.set $sum (f32.const 0))",
        "(local.set $sum (f32.add (local.get $sum) (f32.mul (f32.load (local.get $a)) (f32.load (local.get $b)))))",
        "(f32.store (local.get $C) (local.get $sum))",
      ];
  return `
      (block $narrow (loop $blocks
        (br_if $narrow (i32.lt_s (local.get $left) (i32.const ${width})))
        (local.set $a (local.get $A))
        (local.set $b (local.get $column))
        (local.set $k (local.get $K))
        ${clear}
        (block $end (loop $k
          (br_if $end (i32.eqz (local.get $k)))
          ${add}
          (local.set $a (i32.add (local.get $a) (local.get $stepA)))
          (local.set $b (i32.add (local.get $b) (local.get $rowB)))
          (local.set $k (i32.sub (local.get $k) (i32.const 1)))
          (br $k)))
        ${store}
        (local.set $C (i32.add (local.get $C) (i32.const ${4 * width})))
        (local.set $column (i32.add (local.get $column) (i32.const ${4 * width})))
        (local.set $left (i32.sub (local.get $left) (i32.const ${width})))
        (br $blocks)))`;
};

/** Rows of B that are worked through at a time: two blocks of 128 columns fit into a second-level cache of 256 kB. */
export const DEPTH = 128;

const float32 = `
  ;; to[k, j] = from[k · stepK + j · stepJ] for k < K and j < width; zeros where j ≥ valid. Steps in bytes.
  (func $pack (param $K i32) (param $from i32) (param $stepK i32) (param $stepJ i32) (param $width i32) (param $valid i32)
      (param $to i32)
    ${locals("i32", "j", "end")}
    (local.set $end (i32.add (local.get $to) (i32.shl (i32.mul (local.get $K) (local.get $width)) (i32.const 2))))
    (if (i32.and (i32.eq (local.get $stepJ) (i32.const 4)) (i32.eq (local.get $valid) (local.get $width)))
      (then (loop $k
        (local.set $j (i32.const 0))
        (loop $j
          (v128.store (local.get $to) (v128.load (i32.add (local.get $from) (local.get $j))))
          (local.set $to (i32.add (local.get $to) (i32.const 16)))
          (local.set $j (i32.add (local.get $j) (i32.const 16)))
          (br_if $j (i32.lt_u (local.get $j) (i32.shl (local.get $width) (i32.const 2)))))
        (local.set $from (i32.add (local.get $from) (local.get $stepK)))
        (br_if $k (i32.lt_u (local.get $to) (local.get $end)))))
      (else (loop $k
        (local.set $j (i32.const 0))
        (loop $j
          (f32.store (local.get $to) (if (result f32) (i32.lt_u (local.get $j) (local.get $valid))
            (then (f32.load (i32.add (local.get $from) (i32.mul (local.get $j) (local.get $stepJ)))))
            (else (f32.const 0))))
          (local.set $to (i32.add (local.get $to) (i32.const 4)))
          (local.set $j (i32.add (local.get $j) (i32.const 1)))
          (br_if $j (i32.lt_u (local.get $j) (local.get $width))))
        (local.set $from (i32.add (local.get $from) (local.get $stepK)))
        (br_if $k (i32.lt_u (local.get $to) (local.get $end)))))))

  ;; C[4, 8] = A[4, K] B[K, 8], added to what is there if $add: eight sums in registers. B is packed; steps of A and C in bytes.
  (func $tile (param $K i32) (param $a0 i32) (param $stepRow i32) (param $stepK i32) (param $b i32) (param $c i32)
      (param $stepC i32) (param $add i32)
    ${locals("i32", "a1", "a2", "a3", "end")}
    ${locals("v128", "b0", "b1", "t", "p0", "p1", "p2", "p3", "q0", "q1", "q2", "q3")}
    (local.set $a1 (i32.add (local.get $a0) (local.get $stepRow)))
    (local.set $a2 (i32.add (local.get $a1) (local.get $stepRow)))
    (local.set $a3 (i32.add (local.get $a2) (local.get $stepRow)))
    (local.set $end (i32.add (local.get $b) (i32.shl (local.get $K) (i32.const 5))))
    (loop $k ;; never unrolled: two steps at a time take twice as long (V8 11.3 runs out of registers)
      (local.set $b0 (v128.load (local.get $b)))
      (local.set $b1 (v128.load offset=16 (local.get $b)))
      ${rows(
        (r) => `(local.set $t (v128.load32_splat (local.get $a${r})))
      (local.set $p${r} (f32x4.add (local.get $p${r}) (f32x4.mul (local.get $t) (local.get $b0))))
      (local.set $q${r} (f32x4.add (local.get $q${r}) (f32x4.mul (local.get $t) (local.get $b1))))
      (local.set $a${r} (i32.add (local.get $a${r}) (local.get $stepK)))`,
      )}
      (local.set $b (i32.add (local.get $b) (i32.const 32)))
      (br_if $k (i32.lt_u (local.get $b) (local.get $end))))
    ${rows(
      (r) => `(if (local.get $add) (then
      (local.set $p${r} (f32x4.add (local.get $p${r}) (v128.load (local.get $c))))
      (local.set $q${r} (f32x4.add (local.get $q${r}) (v128.load offset=16 (local.get $c))))))
    (v128.store (local.get $c) (local.get $p${r}))
    (v128.store offset=16 (local.get $c) (local.get $q${r}))
    (local.set $c (i32.add (local.get $c) (local.get $stepC)))`,
    )})

  ;; C = A B, with A [M, K], B [K, N] and C [M, N]; the entry (i, k) of A is at A + i · rowA + k · stepA, that of B likewise, so
  ;; that either may be transposed. $work has room for ${DEPTH} · (N + 7 + 4) + 32 numbers. K ≥ 1.
  (func (export "gemm") (param $M i32) (param $N i32) (param $K i32) (param $A i32) (param $rowA i32) (param $stepA i32)
      (param $B i32) (param $rowB i32) (param $stepB i32) (param $C i32) (param $work i32)
    ${locals("i32", "k", "depth", "i", "j", "high", "wide", "panel", "packed", "patch", "a", "stepRow", "stepK", "c", "rowC", "x", "y")}
    ${["A", "rowA", "stepA", "B", "rowB", "stepB", "C", "work"].map((name) => `(local.set $${name} (i32.shl (local.get $${name}) (i32.const 2)))`).join("\n")}
    (local.set $rowC (i32.shl (local.get $N) (i32.const 2)))
    (local.set $patch (local.get $work))
    (local.set $packed (i32.add (local.get $patch) (i32.const 128)))
    (local.set $work (i32.add (local.get $packed) (i32.const ${16 * DEPTH})))
    (block $done (loop $blocks
      (br_if $done (i32.ge_s (local.get $k) (local.get $K)))
      (local.set $depth (i32.sub (local.get $K) (local.get $k)))
      (if (i32.gt_s (local.get $depth) (i32.const ${DEPTH})) (then (local.set $depth (i32.const ${DEPTH}))))

      ;; B by panels of eight columns
      (local.set $j (i32.const 0))
      (local.set $panel (local.get $work))
      (loop $panels
        (local.set $wide (i32.sub (local.get $N) (local.get $j)))
        (if (i32.gt_s (local.get $wide) (i32.const 8)) (then (local.set $wide (i32.const 8))))
        (call $pack (local.get $depth)
          (i32.add (local.get $B) (i32.add (i32.mul (local.get $k) (local.get $rowB)) (i32.mul (local.get $j) (local.get $stepB))))
          (local.get $rowB) (local.get $stepB) (i32.const 8) (local.get $wide) (local.get $panel))
        (local.set $panel (i32.add (local.get $panel) (i32.shl (local.get $depth) (i32.const 5))))
        (local.set $j (i32.add (local.get $j) (i32.const 8)))
        (br_if $panels (i32.lt_s (local.get $j) (local.get $N))))

      (local.set $i (i32.const 0))
      (loop $fours
        (local.set $high (i32.sub (local.get $M) (local.get $i)))
        (if (i32.gt_s (local.get $high) (i32.const 4)) (then (local.set $high (i32.const 4))))
        ;; four rows of A, as they are or packed
        (local.set $a (i32.add (local.get $A) (i32.add (i32.mul (local.get $i) (local.get $rowA)) (i32.mul (local.get $k) (local.get $stepA)))))
        (local.set $stepRow (local.get $rowA))
        (local.set $stepK (i32.const 4))
        (if (i32.or (i32.ne (local.get $stepA) (i32.const 4)) (i32.lt_s (local.get $high) (i32.const 4))) (then
          (call $pack (local.get $depth) (local.get $a) (local.get $stepA) (local.get $rowA) (i32.const 4) (local.get $high) (local.get $packed))
          (local.set $a (local.get $packed))
          (local.set $stepRow (i32.const 4))
          (local.set $stepK (i32.const 16))))
        (local.set $j (i32.const 0))
        (local.set $panel (local.get $work))
        (local.set $c (i32.add (local.get $C) (i32.mul (local.get $i) (local.get $rowC))))
        (loop $tiles
          (local.set $wide (i32.sub (local.get $N) (local.get $j)))
          (if (i32.and (i32.ge_s (local.get $wide) (i32.const 8)) (i32.eq (local.get $high) (i32.const 4)))
            (then (call $tile (local.get $depth) (local.get $a) (local.get $stepRow) (local.get $stepK) (local.get $panel)
              (local.get $c) (local.get $rowC) (local.get $k)))
            (else ;; beyond the edge of C: the tile is computed aside
              (if (i32.gt_s (local.get $wide) (i32.const 8)) (then (local.set $wide (i32.const 8))))
              (call $tile (local.get $depth) (local.get $a) (local.get $stepRow) (local.get $stepK) (local.get $panel)
                (local.get $patch) (i32.const 32) (i32.const 0))
              (local.set $y (i32.const 0))
              (loop $y
                (local.set $x (i32.const 0))
                (loop $x
                  (call $put
                    (i32.add (local.get $c) (i32.add (i32.mul (local.get $y) (local.get $rowC)) (i32.shl (local.get $x) (i32.const 2))))
                    (f32.load (i32.add (local.get $patch) (i32.add (i32.shl (local.get $y) (i32.const 5)) (i32.shl (local.get $x) (i32.const 2)))))
                    (local.get $k))
                  (local.set $x (i32.add (local.get $x) (i32.const 1)))
                  (br_if $x (i32.lt_s (local.get $x) (local.get $wide))))
                (local.set $y (i32.add (local.get $y) (i32.const 1)))
                (br_if $y (i32.lt_s (local.get $y) (local.get $high))))))
          (local.set $panel (i32.add (local.get $panel) (i32.shl (local.get $depth) (i32.const 5))))
          (local.set $c (i32.add (local.get $c) (i32.const 32)))
          (local.set $j (i32.add (local.get $j) (i32.const 8)))
          (br_if $tiles (i32.lt_s (local.get $j) (local.get $N))))
        (local.set $i (i32.add (local.get $i) (i32.const 4)))
        (br_if $fours (i32.lt_s (local.get $i) (local.get $M))))
      (local.set $k (i32.add (local.get $k) (local.get $depth)))
      (br $blocks))))

  ;; C = A B, as gemm but without packing, for small matrices: B [K, N] lies row by row and is read anew for each row of C.
  (func (export "smallGemm") (param $M i32) (param $N i32) (param $K i32) (param $A i32) (param $rowA i32) (param $stepA i32)
      (param $B i32) (param $C i32)
    ${locals("i32", "left", "k", "a", "b", "column", "rowB")}
    ${locals("f32", "sum")} ${locals("v128", "t", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7")}
    ${["A", "rowA", "stepA", "B", "C"].map((name) => `(local.set $${name} (i32.shl (local.get $${name}) (i32.const 2)))`).join("\n")}
    (local.set $rowB (i32.shl (local.get $N) (i32.const 2)))
    (block $done (loop $rows
      (br_if $done (i32.eqz (local.get $M)))
      (local.set $column (local.get $B))
      (local.set $left (local.get $N))
      ${[8, 2, 1, 0].map(columns).join("")}
      (local.set $A (i32.add (local.get $A) (local.get $rowA)))
      (local.set $M (i32.sub (local.get $M) (i32.const 1)))
      (br $rows))))

  (func $put (param $c i32) (param $value f32) (param $add i32)
    (f32.store (local.get $c) (if (result f32) (local.get $add)
      (then (f32.add (f32.load (local.get $c)) (local.get $value)))
      (else (local.get $value)))))`;

/** The module as WebAssembly text. */
export const text = `(module
  (memory (import "env" "memory") 0)
${float64}
${squash}
${float32}
)
`;
