import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { backend } from "unrolled";
import { KernelClient, printed } from "../kernel/client";

describe("nn.compile in a notebook", function () {
  this.timeout(60_000);

  it("names the learner's cell and line", async function () {
    if (backend.name !== "tensorflow") this.skip();
    const build = path.join(__dirname, "..", "..", "build");
    mkdirSync(build, { recursive: true });
    const folder = mkdtempSync(path.join(build, "compile-")); // inside the repository: cells find its packages
    const kernel = await KernelClient.start({ cwd: folder });
    try {
      await kernel.run('import { nn, tf } from "unrolled"');
      await kernel.run(`interface Setting { rate: number } // types vanish: the JavaScript has fewer lines
        const setting: Setting = { rate: 0.1 };
        const step = nn.compile((x: tf.Tensor): tf.Tensor => {
          setting.rate *= 2;
          return tf.mul(x, setting.rate);
        });`);
      const run = await kernel.run("for (let i = 0; i < 6; i++) step(tf.scalar(i)).dispose()");
      assert.match(printed(run, "stderr"), /JavaScript makes other numbers from call to call at In\[2\]:5 \(/);
    } finally {
      await kernel.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
