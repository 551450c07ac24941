import { createHash } from 'node:crypto';

/** How a target fails on an input. */
export interface Failure {
  /** Something was thrown, a property does not hold, too much work was done, there was no end within the deadline, or too much memory was taken. */
  readonly kind: 'thrown' | 'property' | 'work' | 'hang' | 'memory';
  /** One line. */
  readonly message: string;
  /** The stack of what was thrown; else empty. */
  readonly stack: string;
}

/** A failure that the fuzzer found, with an input that shows it. */
export interface Finding extends Failure {
  readonly target: string;
  /** Of the input that failed first. Seeds come before iteration 0. */
  readonly iteration: number;
  /** The smallest input that was found to fail the same way. */
  readonly input: Uint8Array;
  /** Length of the input that failed first. */
  readonly foundBytes: number;
}

/** What was thrown, as a failure. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { kind: 'thrown', message: `${String(error)}`, stack: '' };
  const kind = error.name === 'BrokenProperty' ? 'property' : 'thrown';
  const message = kind === 'property' ? error.message : `${error.name}: ${error.message}`;
  return { kind, message: message.split('\n')[0]?.slice(0, 300) ?? '', stack: error.stack ?? '' };
}

/** Equal for inputs that fail the same way: by what was thrown, without the values in it, and the place it came from. */
export function signatureOf({ kind, message, stack }: Failure): string {
  const general = message.replace(/"[^"]*"|'[^']*'|`[^`]*`|\d+/g, '#').slice(0, 80);
  // How deep a recursion gets, and where it ends, differs from input to input.
  const isStackOverflow = message.includes('call stack');
  const place = stack.split('\n').find((line) => /^\s+at /.test(line) && !/tools\/fuzz|node:/.test(line));
  return kind === 'work' || isStackOverflow ? `${kind} ${general}` : `${kind} ${general} ${place?.trim() ?? ''}`;
}

/** A name for the file of an input, the same for the same input. */
export function inputFileName({ target, input }: Pick<Finding, 'target' | 'input'>): string {
  return `${target}-${createHash('sha256').update(input).digest('hex').slice(0, 12)}`;
}
