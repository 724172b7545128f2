import type { Report } from "./types";
/** The page as Markdown (prettier has not seen it yet). */
export declare function page(report: Report): string;
