/** The interpreter, or one sentence that says why there is none. */
export declare function findPython(say: (text: string) => void): Promise<
  | {
      executable: string;
    }
  | {
      missing: string;
    }
>;
