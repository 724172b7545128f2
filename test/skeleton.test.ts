import { strict as assert } from "node:assert";
import { tf } from "unrolled";

describe("unrolled", () => {
  it("carries TensorFlow.js", () => {
    assert.equal(tf.version.tfjs, "4.22.0");
  });
});
