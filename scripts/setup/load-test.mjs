// Does a native binding run? Asked in a process of its own, because a binding that does not fit may take its process with it.
import { run } from "./run.mjs";

/**
 * Loads a binding and squares a number with it; gives the version of its TensorFlow, or why it does not run.
 * @param {string} file
 * @returns {Promise<{ version?: string, why: string }>}
 */
export async function loadTest(file) {
  const code = `
    const tf = require(process.argv[1]);
    const id = tf.createTensor([], tf.TF_FLOAT, new Float32Array([6]));
    const [out] = tf.executeOp("Square", [{ name: "T", type: tf.TF_ATTR_TYPE, value: tf.TF_FLOAT }], [id], 1);
    if (tf.tensorDataSync(out.id)[0] !== 36) throw new Error("6 squared is not 36");
    console.log("TensorFlow " + tf.TF_Version);`;
  const { code: exit, output } = await run(process.execPath, ["-e", code, file], {
    log: "binding-load",
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" },
    timeoutMs: 60_000,
  });
  const version = exit === 0 ? /^TensorFlow (\S+)$/m.exec(output)?.[1] : undefined;
  const why = /^\w*Error: .*$/m.exec(output)?.[0] ?? output.trim().split("\n").at(-1) ?? "";
  return version ? { version, why: "" } : { why: why || `it ended with code ${exit}` };
}
