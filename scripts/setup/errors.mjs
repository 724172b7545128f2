// Errors a person can act on: what went wrong, in one sentence, and what to do about it.

/** A failed step of set-up. */
export class SetupError extends Error {
  /**
   * @param {string} message what went wrong
   * @param {string} fix what to do, as one sentence or a command
   * @param {boolean} [hopeless] whether the steps after it would fail in the same way
   */
  constructor(message, fix, hopeless = false) {
    super(message);
    this.name = "SetupError";
    this.fix = fix;
    this.hopeless = hopeless;
  }
}

/** Patterns in the output of npm, pip and compilers, most telling first. */
const causes = [
  {
    pattern: /ENOSPC|EDQUOT|No space left|Disk quota exceeded/i,
    what: "the disk is full",
    hopeless: true,
    fix: "Free about 3 GB (or move the repository to a larger disk) and run the same command again.",
  },
  {
    pattern: /EACCES|EPERM|EROFS|Permission denied|Read-only file system/i,
    what: "there is no permission to write",
    hopeless: true,
    fix: "Clone the repository into a folder of your own, or make this one yours, and run the same command again.",
  },
  {
    pattern:
      /ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|NewConnectionError|ConnectTimeoutError|ReadTimeoutError|Connection refused|Connection broken|Name or service not known|Temporary failure in name resolution|ProxyError|SSLError|CERTIFICATE/i,
    what: "the network or the package index cannot be reached",
    hopeless: false,
    fix: "Check the connection (and the proxy settings of npm and pip) and run the same command again; what is already there is kept.",
  },
];

/**
 * The cause hidden in an error or in the output of a tool, if it is one of the common ones.
 * @param {string} text
 * @returns {{ what: string, fix: string, hopeless: boolean } | undefined}
 */
export function causeIn(text) {
  return causes.find((cause) => cause.pattern.test(text));
}

/**
 * Turns any error into one that says what to do.
 * @param {unknown} error
 * @returns {SetupError}
 */
export function readable(error) {
  if (error instanceof SetupError) return error;
  const { message = String(error), path = undefined } = /** @type {NodeJS.ErrnoException} */ (error ?? {});
  const cause = causeIn(message);
  if (!cause)
    return new SetupError(message, "This looks like a defect of the set-up: please report it with the lines above.");
  const what = path && !message.includes(path) ? `${cause.what} (${path})` : `${cause.what}: ${message}`;
  return new SetupError(what, cause.fix, cause.hopeless);
}
