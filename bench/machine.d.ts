/** Processor, cores, memory, system. */
export declare function describeMachine(): Record<string, string>;
/** Every program whose speed counts. */
export declare function describeVersions(
  python:
    | {
        executable: string;
      }
    | {
        missing: string;
      },
): Record<string, string>;
