import { strict as assert } from "node:assert";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { table } from "../../scripts/setup/doctor.mjs";
import { freePort, labArguments } from "../../scripts/setup/lab.mjs";

describe("freePort", () => {
  it("takes the next port when one is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    assert.ok((await freePort(port)) > port);
    server.close();
    await once(server, "close");
    assert.equal(await freePort(port), port);
  });
});

describe("labArguments", () => {
  const args = labArguments({ port: 8889, browser: false, asRoot: false }, ["--debug", "--ServerApp.ip=0.0.0.0"]);

  it("listens on this machine only", () => {
    assert.ok(labArguments({ port: 1, browser: true, asRoot: false }, []).includes("--ip=127.0.0.1"));
  });
  it("lets the user's options take the place of ours, since Jupyter refuses an option that comes twice", () => {
    assert.ok(args.includes("--port=8889"));
    assert.deepEqual(
      args.filter((word) => /ip=/.test(word)),
      ["--ServerApp.ip=0.0.0.0"],
    );
    assert.equal(args.at(-2), "--debug");
  });
  it("starts notebooks with our kernel", () => {
    assert.ok(args.includes("--MultiKernelManager.default_kernel_name=tslab"));
  });
  it("opens a browser only where there is one, and lets only root be root", () => {
    assert.ok(args.includes("--no-browser"));
    assert.ok(!args.includes("--allow-root"));
    const other = labArguments({ port: 8888, browser: true, asRoot: true }, []);
    assert.ok(!other.includes("--no-browser"));
    assert.ok(other.includes("--allow-root"));
  });
});

describe("the doctor's table", () => {
  it("says below each line that is not good what to do", () => {
    const text = table([
      { what: "Node", state: "good", detail: "20.20.2", fix: "nothing" },
      { what: "compiler", state: "slow", detail: "none", fix: "install g++" },
      { what: "kernel", state: "broken", detail: "gone" },
    ]);
    assert.deepEqual(text.split("\n"), [
      "✔ Node      20.20.2",
      "– compiler  none",
      "            → install g++",
      "✗ kernel    gone",
    ]);
  });
});
