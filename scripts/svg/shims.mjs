// What plotly.js asks of a browser and jsdom lacks: boxes of SVG elements, lengths of paths, a canvas for heatmaps.
// Every piece here answers a call that plotly.js 4.1 makes while it draws; nothing is a general implementation.
import { deflateSync } from "node:zlib";
import { textBox, writtenWidth } from "./text.mjs";

/** @typedef {{ x: number, y: number, width: number, height: number }} Box */
/** @typedef {[x: number, y: number]} Point */

/** Installs the missing parts into a jsdom window. */
export function installShims(/** @type {any} */ window) {
  const { SVGElement, HTMLCanvasElement, Element } = window;
  SVGElement.prototype.getBBox = function () {
    return box(this);
  };
  SVGElement.prototype.getComputedTextLength = function () {
    return writtenWidth(this);
  };
  SVGElement.prototype.getTotalLength = function () {
    return pathLength(points(this.getAttribute("d") ?? ""));
  };
  SVGElement.prototype.getPointAtLength = function (/** @type {number} */ length) {
    return pointAt(points(this.getAttribute("d") ?? ""), length);
  };
  const rect = (/** @type {Box} */ { x, y, width, height }) => ({
    x,
    y,
    width,
    height,
    left: x,
    top: y,
    right: x + width,
    bottom: y + height,
  });
  Element.prototype.getBoundingClientRect = function () {
    return rect(this instanceof SVGElement ? box(this) : { x: 0, y: 0, width: 0, height: 0 });
  };
  HTMLCanvasElement.prototype.getContext = function (/** @type {string} */ kind) {
    return kind === "2d" ? (this.ours ??= new Canvas(this)) : null;
  };
  HTMLCanvasElement.prototype.toDataURL = function () {
    return `data:image/png;base64,${this.getContext("2d").png().toString("base64")}`;
  };
  window.URL.createObjectURL = () => "blob:none"; // the map traces ask for a worker's address while they load
}

/**
 * The box of an element in its own coordinates.
 * @param {any} element an SVG element
 * @returns {Box}
 */
function box(element) {
  const number = (/** @type {string} */ name) => Number.parseFloat(element.getAttribute(name) ?? "0") || 0;
  switch (element.tagName.toLowerCase()) {
    case "text":
    case "tspan":
      return textBox(element);
    case "rect":
    case "image":
      return { x: number("x"), y: number("y"), width: number("width"), height: number("height") };
    case "circle":
      return {
        x: number("cx") - number("r"),
        y: number("cy") - number("r"),
        width: 2 * number("r"),
        height: 2 * number("r"),
      };
    case "path":
      return around(points(element.getAttribute("d") ?? ""));
    case "defs":
    case "clippath":
      return { x: 0, y: 0, width: 0, height: 0 };
    default:
      return around([...element.children].flatMap((child) => moved(box(child), child.getAttribute("transform"))));
  }
}

/**
 * The corners of a box after a transform; empty boxes have none.
 * @param {Box} box
 * @param {string | null} transform
 * @returns {Point[]}
 */
function moved({ x, y, width, height }, transform) {
  if (!width && !height) return [];
  /** @type {Point[]} */
  let corners = [
    [x, y],
    [x + width, y],
    [x, y + height],
    [x + width, y + height],
  ];
  const steps = [...(transform ?? "").matchAll(/(translate|rotate|scale)\(([^)]*)\)/g)].reverse();
  for (const [, kind, text = ""] of steps) {
    const [a = 0, b = 0, c = 0] = text.split(/[\s,]+/).map(Number);
    const [cos, sin] = [Math.cos((a * Math.PI) / 180), Math.sin((a * Math.PI) / 180)];
    if (kind === "translate") corners = corners.map(([px, py]) => [px + a, py + b]);
    else if (kind === "scale") corners = corners.map(([px, py]) => [px * a, py * (b || a)]);
    else
      corners = corners.map(([px, py]) => [b + (px - b) * cos - (py - c) * sin, c + (px - b) * sin + (py - c) * cos]);
  }
  return corners;
}

/** The box around some points. */
function around(/** @type {Point[]} */ corners) {
  if (!corners.length) return { x: 0, y: 0, width: 0, height: 0 };
  const xs = corners.map((point) => point[0]);
  const ys = corners.map((point) => point[1]);
  const least = (/** @type {number[]} */ values) => values.reduce((a, b) => Math.min(a, b));
  const most = (/** @type {number[]} */ values) => values.reduce((a, b) => Math.max(a, b));
  return { x: least(xs), y: least(ys), width: most(xs) - least(xs), height: most(ys) - least(ys) };
}

/** How many numbers each path command takes. */
const pathSizes = new Map(Object.entries({ M: 2, L: 2, T: 2, H: 1, V: 1, Q: 4, S: 4, C: 6, A: 7 }));

/** The corners a path runs through; curves count by their end points. */
function points(/** @type {string} */ d) {
  /** @type {Point[]} */
  const result = [];
  let [x, y] = [0, 0];
  for (const [, letter = "", text = ""] of d.matchAll(/([a-zA-Z])([^a-zA-Z]*)/g)) {
    const values = (text.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
    const relative = letter === letter.toLowerCase();
    const kind = letter.toUpperCase();
    const size = pathSizes.get(kind) ?? Infinity;
    for (let i = 0; i + size <= values.length; i += size) {
      const [across = 0, along = across] = values.slice(Math.max(i, i + size - 2), i + size);
      if (kind !== "V") x = across + (relative ? x : 0);
      if (kind !== "H") y = along + (relative ? y : 0);
      result.push([x, y]);
    }
  }
  return result;
}

function pathLength(/** @type {Point[]} */ corners) {
  let sum = 0;
  corners.reduce(([x0, y0], [x1, y1]) => ((sum += Math.hypot(x1 - x0, y1 - y0)), [x1, y1]));
  return sum;
}

function pointAt(/** @type {Point[]} */ corners, /** @type {number} */ length) {
  let left = length;
  let [x0, y0] = corners[0] ?? [0, 0];
  for (const [x1, y1] of corners) {
    const step = Math.hypot(x1 - x0, y1 - y0);
    if (left <= step && step > 0) return { x: x0 + ((x1 - x0) * left) / step, y: y0 + ((y1 - y0) * left) / step };
    left -= step;
    [x0, y0] = [x1, y1];
  }
  return { x: x0, y: y0 };
}

/** The two ways heatmaps paint, rectangles and ready pixels, into a PNG. */
class Canvas {
  fillStyle = "#000";
  data = new Uint8ClampedArray();

  constructor(/** @type {{ width: number, height: number }} */ element) {
    this.element = element;
  }

  pixels() {
    const { width, height } = this.element;
    if (this.data.length !== width * height * 4) this.data = new Uint8ClampedArray(width * height * 4);
    return this.data;
  }

  /**
   * @param {number} left
   * @param {number} top
   * @param {number} width
   * @param {number} height
   */
  fillRect(left, top, width, height) {
    const data = this.pixels();
    const across = this.element.width;
    const color = rgba(this.fillStyle);
    const inside = (/** @type {number} */ at, /** @type {number} */ end) => Math.max(0, Math.min(end, Math.round(at)));
    const [x0, x1] = [inside(left, across), inside(left + width, across)];
    const [y0, y1] = [inside(top, this.element.height), inside(top + height, this.element.height)];
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) data.set(color, 4 * (y * across + x));
  }

  createImageData(/** @type {number} */ width, /** @type {number} */ height) {
    return { width, height, data: new Uint8ClampedArray(width * height * 4) };
  }

  /**
   * @param {{ width: number, height: number, data: Uint8ClampedArray }} image
   * @param {number} left
   * @param {number} top
   */
  putImageData(image, left, top) {
    const data = this.pixels();
    for (let y = 0; y < image.height; y++) {
      const row = image.data.subarray(4 * y * image.width, 4 * (y + 1) * image.width);
      data.set(row, 4 * ((y + top) * this.element.width + left));
    }
  }

  /** PNG of the pixels: signature, header, one compressed block of unfiltered rows (https://www.w3.org/TR/png-3/). */
  png() {
    const { width, height } = this.element;
    const data = this.pixels();
    const raw = Buffer.alloc(height * (1 + 4 * width));
    for (let y = 0; y < height; y++)
      raw.set(data.subarray(4 * y * width, 4 * (y + 1) * width), y * (1 + 4 * width) + 1);
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header.set([8, 6, 0, 0, 0], 8);
    const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
    return Buffer.concat([
      signature,
      chunk("IHDR", header),
      chunk("IDAT", deflateSync(raw)),
      chunk("IEND", Buffer.alloc(0)),
    ]);
  }
}

function rgba(/** @type {string} */ style) {
  if (style.startsWith("#")) {
    const hex = style.length === 4 ? style.replace(/[0-9a-f]/gi, "$&$&") : style;
    return [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)).concat(255);
  }
  const [r = 0, g = 0, b = 0, a = 1] = (style.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b, Math.round(a * 255)];
}

/** A PNG chunk: length, type, data, checksum. */
function chunk(/** @type {string} */ type, /** @type {Buffer} */ data) {
  const body = Buffer.concat([Buffer.from(type, "ascii"), data]);
  const result = Buffer.alloc(body.length + 8);
  result.writeUInt32BE(data.length, 0);
  body.copy(result, 4);
  result.writeUInt32BE(crc32(body), body.length + 4);
  return result;
}

function crc32(/** @type {Buffer} */ bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
