// Reads the pip list of environment.yml: conda reads the file itself, a plain venv gets the same pins from here.
// Not a YAML parser: it knows the one shape a conda environment file has, and says so when it meets another.

/** @typedef {{ name: string, pip: string[] }} Environment */

/**
 * The name of the environment and its pip requirements, comments removed; throws when there is no pip list.
 * @param {string} text
 * @returns {Environment}
 */
export function parseEnvironment(text) {
  let name = "";
  /** @type {string[]} */
  const pip = [];
  let indent = -1; // of the "- pip:" line while we are below it
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.replace(/(^|\s)#.*$/, "").trimEnd();
    if (!line.trim()) continue;
    const depth = line.length - line.trimStart().length;
    if (depth <= indent) indent = -1;
    const item = /^\s*-\s+(.*)$/.exec(line)?.[1]?.trim();
    if (indent >= 0 && item) pip.push(unquote(item));
    else if (item === "pip:") indent = depth;
    else if (/^name:/.test(line)) name = unquote(line.slice("name:".length).trim());
  }
  if (pip.length === 0) throw new Error('environment.yml: expected a list below "- pip:", found none');
  return { name, pip };
}

function unquote(/** @type {string} */ text) {
  return text.replace(/^(["'])(.*)\1$/, "$2");
}

/**
 * A requirement's project name as in the names of .dist-info folders, and its pinned version if it has one.
 * @param {string} requirement
 * @returns {{ project: string, version: string | undefined }}
 */
export function pinOf(requirement) {
  const match = /^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*(?:==\s*([^\s;]+))?/.exec(requirement);
  if (!match?.[1])
    throw new Error(`environment.yml: expected a requirement such as "jupyterlab==4.6.6", got "${requirement}"`);
  return { project: match[1].toLowerCase().replace(/[-_.]+/g, "_"), version: match[2] };
}

/** Whether a requirement is TensorFlow: it is installed on its own, since the course works without it (slower). */
export function isTensorFlow(/** @type {string} */ requirement) {
  return /^tensorflow/.test(pinOf(requirement).project);
}
