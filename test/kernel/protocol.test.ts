import { strict as assert } from "node:assert";
import { join } from "node:path";
import { pythonWith, runWithKernels } from "./python";

describe("jupyter_kernel_test", function () {
  this.timeout(180_000);

  it("finds every message of the kernel in order", function () {
    const python = pythonWith(this, "jupyter_kernel_test");
    const { status, stderr } = runWithKernels(python, [join(__dirname, "kernel_protocol_test.py")]);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /Ran 18 tests[^]*OK \(skipped=1\)/, stderr); // the pager; see the file's head
  });
});
