import { strict as assert } from "node:assert";
import {
  data,
  defaultGenerator,
  generateText,
  generateTexts,
  manualSeed,
  nn,
  probabilities,
  RandomState,
  sample,
  stepOf,
  tf,
  TorchGenerator,
  type GenerateOptions,
  type SampleOptions,
  type Step,
} from "unrolled";
import python from "./fixtures/generate.json";

const scores = python.scores.map((row) => Float32Array.from(row));
const vocabulary = data.Vocabulary.fromText(python.vocabulary);

/** The model of the fixture, whose scores are made four times larger so that it has preferences. */
class Model extends nn.Module {
  embedding: nn.Embedding;
  rnn: nn.RNN | nn.LSTM | nn.GRU;
  fc: nn.Linear;

  constructor(kind: "RNN" | "LSTM" | "GRU", numLayers: number) {
    super();
    this.embedding = new nn.Embedding(vocabulary.size, 6);
    this.rnn = new nn[kind](6, 10, { numLayers, batchFirst: true });
    this.fc = new nn.Linear(10, vocabulary.size);
  }

  forward(x: tf.Tensor, state?: tf.Tensor | readonly tf.Tensor[]): [tf.Tensor, tf.Tensor | readonly tf.Tensor[]] {
    const [out, after] = this.rnn.forward(this.embedding.forward(x), state as never);
    return [tf.mul(this.fc.forward(out), 4), after];
  }
}

const model = (kind: string, numLayers: number) => {
  manualSeed(7);
  return new Model(kind as "RNN", numLayers);
};

/** A step that always scores the next letter of the alphabet best, and counts in its state how often it was called. */
const alphabet = data.Vocabulary.fromText("abcdefghijklmnopqrstuvwxyz");
const nextLetter: Step<tf.Tensor> = (ids, state) => {
  const out = new Float32Array(ids.length * 26);
  ids.forEach((id, row) => (out[row * 26 + ((id + 1) % 26)] = 100));
  return { scores: out, state: state ? tf.add(state, 1) : tf.scalar(1) };
};

describe("sample", () => {
  it("draws what torch.multinomial and np.random.choice draw, and moves their streams as far", () => {
    for (const draw of python.draws) {
      const options = {
        temperature: draw.temperature,
        ...(draw.topK ? { topK: draw.topK } : {}),
        ...(draw.topP ? { topP: draw.topP } : {}),
      };
      const where = JSON.stringify(options);
      const torch = manualSeed(42);
      assert.deepEqual(
        scores.map((row) => sample(row, options)),
        draw.torch,
        where,
      );
      assert.equal(torch.randint(0, 65536), draw.torchAfter, where);
      const numpy = new RandomState(42);
      assert.deepEqual(
        scores.map((row) => sample(row, { ...options, generator: numpy })),
        draw.numpy,
        where,
      );
      assert.equal(numpy.randint(0, 65536), draw.numpyAfter, where);
      draw.probabilities.forEach((expected, i) => {
        const p = probabilities(scores[i], options);
        expected.forEach((x, j) => assert.ok(Math.abs(p[j] - x) < 3e-7, `${where} row ${i}: ${p[j]} ${x}`));
      });
    }
  });

  it("takes the likeliest token, the first of equals, at temperature 0, and draws nothing", () => {
    const before = manualSeed(1).getState();
    assert.equal(sample([1, 3, 3, 2], { temperature: 0 }), 1);
    assert.deepEqual([...probabilities([1, 3, 3, 2], { temperature: 0 })], [0, 1, 0, 0]);
    assert.deepEqual(defaultGenerator.getState(), before);
  });

  it("leaves the first of equals where top-k and top-p cut through them", () => {
    const scores = [2, 1, 2, 2, 0].map((x) => x * Math.LN2); // 4, 2, 4, 4, 1 of 15
    const kept = (options: SampleOptions) => [...probabilities(scores, options)].map((p) => p > 0);
    assert.deepEqual(kept({ topK: 2 }), [true, false, true, false, false]);
    assert.deepEqual(kept({ topK: 4 }), [true, true, true, true, false]);
    assert.deepEqual(kept({ topP: 0.5 }), [true, false, true, false, false]);
    assert.deepEqual(kept({ topP: 0.9 }), [true, true, true, true, false]);
    assert.deepEqual(kept({ topK: 3, topP: 0.3 }), [true, false, false, false, false]);
  });

  it("does not overflow for large scores or small temperatures, and minus infinity rules a token out", () => {
    assert.deepEqual([...probabilities([1000, -1000, -Infinity])], [1, 0, 0]);
    assert.deepEqual([...probabilities([1, 2, 3], { temperature: 1e-30 })], [0, 0, 1]);
    assert.deepEqual([...probabilities([1, 2], { temperature: Infinity })], [0.5, 0.5]);
  });

  // Divided first, such scores overflow single precision, and Infinity less Infinity is NaN.
  it("comes to the likeliest token at the smallest temperatures, shared between equals", () => {
    for (const temperature of [1e-38, 1e-40, 1e-300, 5e-324]) {
      assert.deepEqual([...probabilities([1, 3, 2], { temperature })], [0, 1, 0], `${temperature}`);
      assert.deepEqual([...probabilities([-7, -5, -Infinity], { temperature })], [0, 1, 0], `${temperature}`);
      assert.deepEqual([...probabilities([3e38, -3e38], { temperature })], [1, 0], `${temperature}`);
      assert.deepEqual([...probabilities([2, 2, 1], { temperature })], [0.5, 0.5, 0], `${temperature}`);
      assert.deepEqual([...probabilities([0, -1], { temperature })], [1, 0], `${temperature}`);
      assert.equal(sample([-7, -5, -6], { temperature, generator: new TorchGenerator(1) }), 1);
    }
    assert.deepEqual([...probabilities([1e39, 2e39])], [0, 1], "also for scores beyond single precision");
    assert.deepEqual([...probabilities([1, -Infinity, 2], { temperature: Infinity })], [0.5, 0, 0.5]);
  });

  it("refuses scores without a highest that is a number, at every temperature", () => {
    for (const temperature of [0, 1e-40, 1, Infinity]) {
      assert.throws(() => probabilities([0, Infinity, Infinity], { temperature }), {
        name: "RangeError",
        message: "probabilities: expected a finite highest score, got Infinity for token 1: has training diverged?",
      });
      assert.throws(
        () => sample([-Infinity, -Infinity], { temperature }),
        /expected a finite highest score, got -Infinity for token 0/,
      );
      assert.throws(() => sample([], { temperature }), /probabilities: expected at least one score, got none/);
    }
  });

  it("draws from a generator of its own", () => {
    const draw = python.draws[0];
    const generator = new TorchGenerator(42);
    const before = manualSeed(9).getState();
    assert.deepEqual(
      scores.map((row) => sample(row, { generator })),
      draw.torch,
    );
    assert.deepEqual(defaultGenerator.getState(), before);
  });

  it("refuses temperatures, counts and shares that cannot be, and scores that are NaN", () => {
    assert.throws(
      () => sample([1, 2], { temperature: -1 }),
      /temperature of 0 \(the likeliest token\) or more, got -1/,
    );
    assert.throws(() => sample([1, 2], { temperature: NaN }), /got NaN/);
    assert.throws(() => sample([1, 2], { topK: 3 }), /topK from 1 to 2, got 3/);
    assert.throws(() => sample([1, 2], { topK: 0 }), /got 0/);
    assert.throws(() => sample([1, 2], { topP: 0 }), /topP above 0 and up to 1, got 0/);
    assert.throws(() => sample([1, 2], { topP: 1.1 }), /got 1.1/);
    assert.throws(() => sample([1, NaN]), /score of token 1 is NaN: has training diverged/);
  });
});

describe("generateText", () => {
  it("writes what PyTorch's networks write, character by character, from one seed character or several", () => {
    for (const { kind, layers, seed, temperature, text } of python.texts) {
      const network = model(kind, layers);
      manualSeed(3);
      assert.equal(
        generateText(network, vocabulary, seed, { length: 60, temperature }),
        text,
        `${kind} ${temperature}`,
      );
      network.dispose();
    }
  });

  it("writes several texts side by side, drawing row by row as PyTorch does", () => {
    const network = model("GRU", 1);
    manualSeed(3);
    assert.deepEqual(generateTexts(network, vocabulary, ["a", "q", "z"], { length: 40 }), python.batch);
    network.dispose();
  });

  it("gives the same text whether it carries the state or looks at a window that holds everything", () => {
    const network = model("LSTM", 1);
    const seed = "the quick brown fox jumps over the lazy dog.";
    const options: GenerateOptions = { length: 1, temperature: 0 };
    const whole = generateText(network, vocabulary, seed, options);
    assert.equal(generateText(network, vocabulary, seed, { ...options, window: 100 }), whole);
    network.dispose();
  });

  it("slides a window over the last tokens, at the length of a shorter seed", () => {
    const seen: string[] = [];
    const network = {
      forward(x: tf.Tensor) {
        const ids = Array.from(x.dataSync());
        seen.push(alphabet.decode(ids));
        return tf.oneHot([ids.map((id) => (id + 1) % 26)], 26);
      },
    };
    assert.equal(generateText(network, alphabet, "abcde", { length: 3, window: 3, temperature: 0 }), "abcdefgh");
    assert.deepEqual(seen, ["cde", "def", "efg"]);
    seen.length = 0;
    assert.equal(generateText(network, alphabet, "ab", { length: 2, window: 3, temperature: 0 }), "abcd");
    assert.deepEqual(seen, ["ab", "bc"]);
  });

  it("runs any step, with seeds of different lengths in one batch", () => {
    assert.deepEqual(generateTexts(nextLetter, alphabet, ["a", "xyz", "mn"], { length: 3 }), [
      "abcd",
      "xyzabc",
      "mnopq",
    ]);
    assert.equal(generateText(nextLetter, alphabet, "a", { length: 0 }), "a");
  });

  it("ends a text before the stop token, each in its own time", () => {
    const options = { length: 5, stop: "z" };
    assert.deepEqual(generateTexts(nextLetter, alphabet, ["w", "a", "y"], options), ["wxy", "abcdef", "y"]);
  });

  it("leaves no tensor behind, when it fails neither", () => {
    const network = model("LSTM", 1);
    const before = tf.memory().numTensors;
    generateTexts(network, vocabulary, ["a", "q"], { length: 5 });
    generateText(network, vocabulary, "a", { length: 5, window: 3 });
    generateText(nextLetter, alphabet, "a", { length: 5 });
    let calls = 0;
    const failing: Step<tf.Tensor> = (ids, state) => {
      if (++calls > 2) throw new Error("broken");
      return nextLetter(ids, state);
    };
    assert.throws(() => generateText(failing, alphabet, "a", { length: 5 }), /broken/);
    assert.equal(tf.memory().numTensors, before);
    network.dispose();
  });

  // Freeing the whole state before took the part that was passed on unchanged with it, and the third step failed.
  it("carries a state of which a part is passed on unchanged, made by the first step or held by the model", () => {
    const network = model("GRU", 1);
    const held = tf.keep(tf.ones([1, 1, 10]));
    const scale = tf.variable(tf.ones([1, 1, 10]));
    const before = tf.memory().numTensors;
    const withContext = (context: () => tf.Tensor) => ({
      forward(x: tf.Tensor, state?: tf.Tensor[]): [tf.Tensor, tf.Tensor[]] {
        const [h, present] = state ?? [undefined, context()];
        const [scores, after] = network.forward(x, h) as [tf.Tensor, tf.Tensor];
        return [tf.mul(scores, tf.mean(present!)), [after, present!]];
      },
    });
    const text = (what: { forward(x: tf.Tensor, state?: never): unknown }) => {
      manualSeed(3);
      return generateText(what as never, vocabulary, "a", { length: 8 });
    };
    const expected = text(network as never);
    assert.equal(text(withContext(() => tf.ones([1, 1, 10]))), expected);
    for (const own of [held, scale]) {
      assert.equal(text(withContext(() => own)), expected);
      assert.equal(own.isDisposed, false, "what the model holds stays the model's");
    }
    assert.equal(tf.memory().numTensors, before);
    tf.dispose([held, scale]);
    network.dispose();
  });

  it("puts a module into evaluation mode, and each part back into the mode it was in", () => {
    class WithDropout extends Model {
      dropout = new nn.Dropout(0.5);
      modes: boolean[] = [];
      override forward(x: tf.Tensor, state?: tf.Tensor) {
        this.modes.push(this.training, this.dropout.training);
        return super.forward(x, state);
      }
    }
    const network = new WithDropout("RNN", 1);
    network.dropout.eval();
    generateText(network, vocabulary, "a", { length: 1 });
    assert.deepEqual([...new Set(network.modes)], [false]);
    assert.deepEqual([network.training, network.dropout.training, network.fc.training], [true, false, true]);
    network.dispose();
  });

  it("names what is wrong with the seed", () => {
    assert.throws(() => generateText(nextLetter, alphabet, ""), /expected a seed of one character or more/);
    assert.throws(
      () => generateText(nextLetter, alphabet, "abC"),
      /"C" \(U\+0043\) is not among .* at position 2 in "abC"/,
    );
    assert.throws(() => generateText(nextLetter, alphabet, "a", { stop: "$" }), /"\$" .* is not among/);
  });

  it("explains options and models that do not fit", () => {
    assert.throws(() => generateText(nextLetter, alphabet, "a", { length: -1 }), /length of 0 or more, got -1/);
    assert.throws(
      () => generateText(nextLetter, alphabet, "a", { temperature: -1 }),
      /generateText: expected a temperature/,
    );
    assert.throws(() => generateText(nextLetter, alphabet, "a", { topK: 27 }), /topK from 1 to 26, got 27/);
    assert.throws(() => generateText(nextLetter, alphabet, "a", { window: 5 }), /window needs a model, not a step/);
    const network = { forward: (x: tf.Tensor) => tf.zeros([1, x.shape[1]!, 26]) };
    assert.throws(() => generateText(network, alphabet, "a"), /returned no state; .* set the option window/);
    assert.throws(() => generateText(network, alphabet, "a", { window: 0 }), /window of 1 or more, got 0/);
    const flat = { forward: () => tf.zeros([26]) };
    assert.throws(
      () => generateText(flat, alphabet, "a", { window: 1 }),
      /expected scores \[B, T, V\] or \[B, V\] .* got \[26\]/,
    );
  });

  it("makes a step of a model, for those who write the loop themselves", () => {
    const network = model("GRU", 1);
    const { scores: first, state } = stepOf<tf.Tensor>(network as never)(vocabulary.encode("ab"), undefined);
    assert.equal(first.length, 2 * vocabulary.size);
    assert.deepEqual(state.shape, [1, 2, 10]);
    state.dispose();
    network.dispose();
  });
});
