/**
 * Starts the kernel: stock tslab 1.0.22, completed to the Jupyter protocol. `node launcher.js CONNECTION_FILE`
 *
 * tslab compiles and runs the cells; nothing in its package is edited. It is hooked in three places, each explained in
 * its file: compiler-hook.ts (source maps), cells.ts (results and errors as objects), output.ts (what cells print and
 * show). module-hooks.ts draws what two packages make inline. The protocol is ours: wire → channels → server → execution.
 */
import { Cells } from "./cells";
import { Channels, readConnectionFile } from "./channels";
import { Execution } from "./execution";
import { Interrupts } from "./interrupts";
import { hookModules } from "./module-hooks";
import { guardAgainstOrphanhood } from "./orphan-guard";
import { Output } from "./output";
import { Server } from "./server";
import { Sources } from "./sources";

function main(connectionFile: string | undefined): void {
  if (connectionFile === undefined) {
    console.error(
      "Usage: launcher.js CONNECTION_FILE (Jupyter starts this program; see install.js for its kernel.json)",
    );
    process.exitCode = 2;
    return;
  }
  guardAgainstOrphanhood();
  Error.stackTraceLimit = 30; // V8 keeps 10 frames, too few to reach the cell from inside a library
  const channels = new Channels(readConnectionFile(connectionFile));
  const sources = new Sources();
  const output = new Output((type, content, parent) => channels.publish(type, content, parent), sources);
  const interrupts = new Interrupts();
  const cells = new Cells(sources, interrupts);
  interrupts.stopCell = (reason) => void cells.stop(reason);
  const execution = new Execution(cells, output, sources, interrupts);
  const server = new Server(channels, cells, execution, output, interrupts);
  output.capture();
  hookModules(output);
  channels
    .open((channel, message) => server.handle(channel, message))
    .catch((error: unknown) => {
      console.error(`The kernel cannot open its sockets: ${String(error)}`);
      process.exit(1);
    });
}

main(process.argv[2]);
