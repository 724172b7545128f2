// How wide a text is, without a browser: the advance widths of Helvetica, which Arial and Liberation Sans share.
// An estimate for other fonts; good enough to place legends and tick labels of our figures, which ask for Arial.

/** Thousandths of the font size for the characters from space to tilde. */
const widths = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
];

/** Characters without a width of their own: combining marks, joiners, variation selectors. */
const zeroWidth = /\p{Mn}|\p{Cf}/u;

function textWidth(/** @type {string} */ text, /** @type {number} */ size, /** @type {boolean} */ bold) {
  let sum = 0;
  for (const character of text) {
    if (zeroWidth.test(character)) continue;
    const code = character.normalize("NFD").codePointAt(0) ?? 32; // ŷ is as wide as y
    sum += widths[code - 32] ?? (code >= 0x2e80 ? 1000 : 600);
  }
  return (sum / 1000) * size * (bold ? 1.06 : 1);
}

/**
 * The nearest value of a presentation property, in the element's style, its attributes, or its ancestors'.
 * @param {SVGElement} element
 * @param {string} property
 */
function inherited(element, property) {
  for (let node = element; node?.getAttribute; node = /** @type {SVGElement} */ (node.parentNode)) {
    const value = node.style?.getPropertyValue(property) || node.getAttribute(property);
    if (value) return value;
  }
  return undefined;
}

/** Font size in pixels; percentages multiply (Plotly writes subscripts as `font-size: 70%`). */
function fontSize(/** @type {SVGElement} */ element) {
  let factor = 1;
  for (let node = element; node?.getAttribute; node = /** @type {SVGElement} */ (node.parentNode)) {
    const value = node.style?.getPropertyValue("font-size") || node.getAttribute("font-size");
    if (!value) continue;
    if (!value.endsWith("%")) return factor * Number.parseFloat(value);
    factor *= Number.parseFloat(value) / 100;
  }
  return factor * 12;
}

/** Width of everything written inside a text or tspan element. */
export function writtenWidth(/** @type {SVGElement} */ element) {
  const bold = /bold|[6-9]00/.test(inherited(element, "font-weight") ?? "");
  const size = fontSize(element);
  let sum = 0;
  for (const node of element.childNodes) {
    if (node.nodeType === 3) sum += textWidth(node.nodeValue ?? "", size, bold);
    else if (node.nodeType === 1) sum += writtenWidth(/** @type {SVGElement} */ (node));
  }
  return sum;
}

/** The box of a text element: its lines (Plotly's `tspan.line`), anchored left, middle or right of its x. */
export function textBox(/** @type {SVGElement} */ element) {
  const lines = /** @type {SVGElement[]} */ ([...element.querySelectorAll("tspan.line")]);
  const width = Math.max(0, ...(lines.length ? lines : [element]).map(writtenWidth));
  const size = fontSize(element);
  const anchor = inherited(element, "text-anchor") ?? "start";
  const x =
    Number.parseFloat(element.getAttribute("x") ?? "0") -
    (anchor === "middle" ? width / 2 : anchor === "end" ? width : 0);
  const y = Number.parseFloat(element.getAttribute("y") ?? "0") - 0.92 * size;
  const empty = !element.textContent;
  return { x, y, width, height: empty ? 0 : size * (1.15 + 1.3 * (Math.max(1, lines.length) - 1)) };
}
