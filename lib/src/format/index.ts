/** Text as Python, NumPy and PyTorch print it. */
export { exp, fixed, percent, repr, thousands } from "./numbers";
export { reprDict, reprList, reprString, reprTuple, torchSize, type Printable } from "./containers";
export { formatTensor, type FormatTensorOptions, type PrintedType } from "./tensor";
