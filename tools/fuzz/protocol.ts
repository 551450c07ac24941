import type { CampaignOptions, CampaignResult } from './campaign.ts';
import type { Failure, FoundFailure } from './failure.ts';
import type { Outcome } from './fuzz-target.ts';

/** The task of a worker. */
export interface WorkerTask {
  /** URL of the module that exports `target`. */
  readonly module: string;
  /** A campaign, or one input. */
  readonly work: Omit<CampaignOptions, 'onRun' | 'onRan' | 'onFailure'> | { readonly input: Uint8Array };
}

/** A message from a worker. */
export type WorkerMessage =
  | { readonly type: 'failure'; readonly failure: FoundFailure }
  | { readonly type: 'done'; readonly result: CampaignResult }
  | { readonly type: 'ran'; readonly result: Outcome | Failure }
  | { readonly type: 'broken'; readonly message: string };

/**
 * Memory that a worker shares with the thread that watches it: the current iteration and input. It
 * is written before each run, so that the input is known even if the worker has to be ended.
 */
export interface RunRecord {
  readonly buffer: SharedArrayBuffer;
}

const headBytes = 16;

export function createRunRecord(maxInputBytes: number): RunRecord {
  return { buffer: new SharedArrayBuffer(headBytes + maxInputBytes) };
}

export function writeRun({ buffer }: RunRecord, iteration: number, input: Uint8Array): void {
  const head = new Int32Array(buffer, 0, 4);
  new Uint8Array(buffer, headBytes).set(input.subarray(0, buffer.byteLength - headBytes));
  Atomics.store(head, 1, iteration);
  Atomics.store(head, 2, input.length);
  Atomics.store(head, 3, 1);
  Atomics.add(head, 0, 1);
}

/** Marks the input as done: any further delay is caused by the fuzzer. */
export function endRun({ buffer }: RunRecord): void {
  const head = new Int32Array(buffer, 0, 4);
  Atomics.store(head, 3, 0);
  Atomics.add(head, 0, 1);
}

export function readRun({ buffer }: RunRecord): {
  /** Changes with each run. */
  readonly beat: number;
  readonly iteration: number;
  readonly input: Buffer;
  readonly isRunning: boolean;
} {
  const head = new Int32Array(buffer, 0, 4);
  const length = Atomics.load(head, 2);
  const input = Buffer.from(new Uint8Array(buffer, headBytes, Math.min(length, buffer.byteLength - headBytes)));
  return {
    beat: Atomics.load(head, 0),
    iteration: Atomics.load(head, 1),
    input,
    isRunning: Atomics.load(head, 3) === 1,
  };
}
