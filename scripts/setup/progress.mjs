// One line of progress below a step: redrawn in place on a terminal, a sign of life every 20 seconds in a pipe.

const stream = process.stderr;

/** Starts the line; `show` changes its text, `end` removes it. */
export function progress() {
  const started = Date.now();
  let text = "";
  const draw = () => {
    const seconds = Math.round((Date.now() - started) / 1000);
    const line = `     ${seconds} s  ${text.trim()}`;
    if (stream.isTTY) stream.write(`\r\x1b[2K${line.slice(0, (stream.columns || 80) - 1)}`);
    else stream.write(line.slice(0, 160) + "\n");
  };
  const timer = setInterval(draw, stream.isTTY ? 250 : 20_000);
  timer.unref();
  return {
    show(/** @type {string} */ next) {
      text = next;
    },
    end() {
      clearInterval(timer);
      if (stream.isTTY) stream.write("\r\x1b[2K");
    },
  };
}
