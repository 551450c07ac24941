/** Receives one text of `console.log` or `console.hex`. */
export type TakePrinted = (text: string) => void;

let taking: TakePrinted | undefined;

/**
 * Runs `work`, and passes on what rules print with YARA's `console` module meanwhile. Outside of
 * it, the output is dropped.
 */
export function takePrinted<T>(take: TakePrinted, work: () => T): T {
  const outer = taking;
  taking = take;
  try {
    return work();
  } finally {
    taking = outer;
  }
}

/** Called by the engine of this thread for each text that a rule prints. */
export function print(text: unknown): void {
  taking?.(String(text));
}
