import { startCoverage } from './coverage.ts';
import { type Failure, type FoundFailure, signatureOf } from './failure.ts';
import { createFailureCheck } from './failure-check.ts';
import type { FuzzTarget, Outcome } from './fuzz-target.ts';
import { mutate } from './mutate/mutate.ts';
import { createRandom } from './random.ts';

/** Options for fuzzing one target. */
export interface CampaignOptions {
  readonly seed: string;
  /** The first iteration; later than 0 after the worker was replaced. */
  readonly from: number;
  /** The end of the iterations, exclusive. */
  readonly iterations: number;
  /** Milliseconds after which no new iteration starts. */
  readonly maxMs: number;
  /** Whether inputs that reach new code are mutated further, and work is counted. */
  readonly isGuided: boolean;
  /** Called with each input before it runs. */
  readonly onRun: (iteration: number, input: Buffer) => void;
  readonly onRan: () => void;
  readonly onFailure: (foundFailure: FoundFailure) => void;
}

/** The result of a campaign. */
export interface CampaignResult {
  readonly runs: number;
  readonly ms: number;
  /** How often each outcome occurred. */
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Blocks of code that ran; null if they were not counted. */
  readonly blocks: number | null;
  /** Inputs that are mutated further, including the seeds. */
  readonly kept: number;
}

interface Ran {
  readonly iteration: number;
  readonly input: Buffer;
}

/** Inputs between two coverage checks: a check takes as long as many runs. */
const batchSize = 32;
const maxKept = 1000;
/** All of the fuzzer except the parsers with planted faults for its tests. */
const ownFiles = /\/tools\/fuzz\/(?!planted\/)/;
/** Maximum distinct failures: so many should be fixed first. */
const maxFailures = 20;

/**
 * Runs the seeds of a target, mutations of them, and mutations of those that reached new code. An
 * iteration depends only on the seed and earlier iterations.
 */
export async function runCampaign(target: FuzzTarget, options: CampaignOptions): Promise<CampaignResult> {
  const { seed, from, iterations, maxMs, isGuided, onRun, onRan, onFailure } = options;
  const began = performance.now();
  const outcomes = new Map<Outcome, number>();
  const found = new Set<string>();
  const coverage = isGuided ? startCoverage((url) => ownFiles.test(url)) : null;
  let current = -1;
  const check = createFailureCheck(target, coverage, { onRun: (input) => onRun(current, input), onRan });
  const seeds = (await target.seeds()).map((each) => Buffer.from(each));
  const kept: Buffer[] = [...seeds];
  let runs = 0;

  const keep = (input: Buffer): void => {
    if (kept.length < maxKept) kept.push(input);
    // The seeds stay.
    else kept[seeds.length + createRandom(`${seed} ${current}`).int(kept.length - seeds.length)] = input;
  };

  const note = async ({ iteration, input }: Ran, failure: Failure): Promise<void> => {
    const signature = signatureOf(failure);
    if (found.has(signature)) return;
    found.add(signature);
    const smallest = await check.shrink(input, failure);
    onFailure({ ...failure, target: target.name, iteration, input: smallest, foundBytes: input.length });
  };

  const run = async (ran: Ran): Promise<void> => {
    runs += 1;
    const result = await check.run(ran.input);
    if (typeof result === 'object') return note(ran, result);
    if (!outcomes.has(result)) keep(ran.input);
    outcomes.set(result, (outcomes.get(result) ?? 0) + 1);
  };

  /** Finds the inputs of a batch that reached new code by running them again, one by one. */
  const look = async (batch: readonly Ran[]): Promise<void> => {
    if (coverage === null) return;
    const all = coverage.take();
    const longest = batch.map(({ input }) => input).sort((a, b) => b.length - a.length)[0] ?? Buffer.alloc(0);
    if (all.unknown.length === 0 && check.tooMuch(all.work, longest) === null) return;
    for (const ran of batch) {
      await check.run(ran.input);
      const { work, unknown } = coverage.take();
      if (unknown.length > 0 && ran.iteration >= 0) keep(ran.input);
      coverage.know(unknown);
      const failure = check.tooMuch(work, ran.input);
      if (failure !== null) await note(ran, failure);
    }
    // Code that runs once, such as the loading of a module, is not new the next time.
    coverage.know(all.unknown);
  };

  try {
    const first = seeds.map((input) => ({ iteration: -1, input }));
    for (const ran of first) await run(ran);
    await look(first);
    for (let batch: Ran[] = [], next = from; next < iterations; batch = []) {
      if (performance.now() - began > maxMs || found.size >= maxFailures) break;
      for (; batch.length < batchSize && next < iterations; next += 1) {
        current = next;
        const random = createRandom(`${seed} ${target.name} ${next}`);
        const parent = random.pick(kept) ?? Buffer.alloc(0);
        const input = mutate(parent, random.pick(kept) ?? parent, target, random);
        batch.push({ iteration: next, input });
        await run({ iteration: next, input });
      }
      await look(batch);
    }
  } finally {
    coverage?.stop();
  }
  const blocks = coverage?.size() ?? null;
  return { runs, ms: performance.now() - began, outcomes: Object.fromEntries(outcomes), blocks, kept: kept.length };
}
