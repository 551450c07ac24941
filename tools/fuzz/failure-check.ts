import type { Coverage } from './coverage.ts';
import { type Failure, failureOf, signatureOf } from './failure.ts';
import { defaultMaxWork, execute, type FuzzTarget, type Outcome } from './fuzz-target.ts';
import { minimize } from './minimize.ts';

/** Runs inputs of one target and distinguishes failures from outcomes. */
export interface FailureCheck {
  run(input: Buffer): Promise<Outcome | Failure>;
  /** The failure of an input that does more work than its length allows; null for any other. */
  tooMuch(work: number, input: Buffer): Failure | null;
  /** A smaller input that fails the same way. */
  shrink(input: Buffer, failure: Failure): Promise<Buffer>;
}

const maxAttempts = 1500;
/** Each run takes long. */
const maxWorkAttempts = 60;

export function createFailureCheck(
  target: FuzzTarget,
  coverage: Coverage | null,
  { onRun, onRan }: { readonly onRun: (input: Buffer) => void; readonly onRan: () => void },
): FailureCheck {
  const run = async (input: Buffer): Promise<Outcome | Failure> => {
    onRun(input);
    try {
      return await execute(target, input);
    } catch (error) {
      return failureOf(error);
    } finally {
      onRan();
    }
  };

  const tooMuch = (work: number, input: Buffer): Failure | null => {
    const limit = (target.maxWork ?? defaultMaxWork)(input.length);
    if (work <= limit) return null;
    return { kind: 'work', message: `More than ${limit} blocks of code ran for ${input.length} bytes`, stack: '' };
  };

  const failsAs = async (input: Buffer, { kind }: Failure, signature: string): Promise<boolean> => {
    if (kind === 'work') coverage?.take();
    const result = await run(input);
    if (kind === 'work') return coverage !== null && tooMuch(coverage.take().work, input) !== null;
    return typeof result === 'object' && signatureOf(result) === signature;
  };

  return {
    run,
    tooMuch,
    async shrink(input, failure) {
      const signature = signatureOf(failure);
      const attempts = failure.kind === 'work' ? maxWorkAttempts : maxAttempts;
      return minimize(
        input,
        async (candidate) => {
          if (await failsAs(candidate, failure, signature)) return candidate;
          const repaired = target.repair?.(candidate);
          return repaired !== undefined && (await failsAs(repaired, failure, signature)) ? repaired : null;
        },
        { attempts },
      );
    },
  };
}
