import type { CampaignResult } from './campaign.ts';
import { type Failure, type FoundFailure, signatureOf } from './failure.ts';
import type { Outcome } from './fuzz-target.ts';
import { minimize } from './minimize.ts';
import { type InputLimits, startWatchedWorker, type WatchedWorker } from './watched-worker.ts';

/** Options for fuzzing targets. */
export interface FuzzOptions {
  /** The same seed and number of iterations give the same inputs. */
  readonly seed: string;
  /** Per target. */
  readonly iterations: number;
  /** Milliseconds per target. */
  readonly maxMs: number;
  readonly isGuided: boolean;
  readonly limits: InputLimits;
}

/** The result of fuzzing one target. */
export interface TargetReport {
  readonly target: string;
  readonly runs: number;
  readonly ms: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly blocks: number | null;
  readonly kept: number;
  readonly failures: readonly FoundFailure[];
}

/** A module that exports `target`, and the target's name. */
export interface TargetModule {
  readonly name: string;
  /** URL. */
  readonly module: string;
}

export const defaultLimits: InputLimits = {
  deadlineMs: 30_000,
  maxMemoryBytes: 1.5 * 2 ** 30,
  maxHeapMb: 1024,
  maxDeadly: 10,
};
/** Maximum number of workers that one target may end. */
const maxDeaths = 5;

/**
 * Fuzzes targets one after the other, in one thread as long as none of them ends it. Guided ones
 * have a thread each, since V8 counts only code that it compiles while counting.
 */
export async function* fuzzModules(
  targets: readonly TargetModule[],
  options: FuzzOptions,
): AsyncGenerator<TargetReport, void, undefined> {
  let worker = startWatchedWorker(options.limits);
  const alive = (): WatchedWorker => {
    if (!worker.isAlive()) worker = startWatchedWorker(options.limits);
    return worker;
  };
  try {
    for (const target of targets) {
      yield await fuzzModule(target, options, alive);
      if (options.isGuided) await worker.stop();
    }
  } finally {
    await worker.stop();
  }
}

async function fuzzModule(
  { name, module }: TargetModule,
  options: FuzzOptions,
  alive: () => WatchedWorker,
): Promise<TargetReport> {
  const { limits, ...campaign } = options;
  const began = performance.now();
  const failures = new Map<string, FoundFailure>();
  const add = (foundFailure: FoundFailure): void => {
    const signature = signatureOf(foundFailure);
    if (!failures.has(signature)) failures.set(signature, foundFailure);
  };
  let from = 0;
  for (let deaths = 0; ; deaths += 1) {
    const maxMs = Math.max(0, options.maxMs - (performance.now() - began));
    const worker = alive();
    const end = await worker.perform({ module, work: { ...campaign, maxMs, from } }, (message) => {
      if (message.type === 'failure') add(message.failure);
    });
    const ms = performance.now() - began;
    if (end.type === 'done') return { target: name, ...end.result, ms, failures: [...failures.values()] };
    if (end.type !== 'died') throw new Error(`The target ${name} cannot run: ${'message' in end ? end.message : ''}`);
    const { iteration, input, failure } = end;
    const smallest = await shrinkDeadly(module, { input, kind: failure.kind, attempts: limits.maxDeadly }, alive);
    add({ ...failure, target: name, iteration, input: smallest, foundBytes: input.length });
    const empty = {
      runs: Math.max(0, iteration),
      outcomes: {},
      blocks: null,
      kept: 0,
    } satisfies Partial<CampaignResult>;
    // A seed that ends the worker would do so again.
    if (deaths + 1 === maxDeaths || iteration < 0)
      return { target: name, ...empty, ms, failures: [...failures.values()] };
    from = iteration + 1;
  }
}

async function shrinkDeadly(
  module: string,
  { input, kind, attempts }: { readonly input: Buffer; readonly kind: Failure['kind']; readonly attempts: number },
  alive: () => WatchedWorker,
): Promise<Buffer> {
  return minimize(
    input,
    async (candidate) => {
      const end = await alive().perform({ module, work: { input: candidate } });
      return end.type === 'died' && end.failure.kind === kind ? candidate : null;
    },
    { attempts },
  );
}

/** Runs one input unchanged. */
export async function runInput(
  module: string,
  input: Uint8Array,
  limits: InputLimits = defaultLimits,
): Promise<Outcome | Failure> {
  const worker = startWatchedWorker(limits);
  try {
    const end = await worker.perform({ module, work: { input } });
    if (end.type === 'ran') return end.result;
    if (end.type === 'died') return end.failure;
    throw new Error(`The target cannot run: ${'message' in end ? end.message : ''}`);
  } finally {
    await worker.stop();
  }
}
