import { externalsOf } from '../../domain/rulesets/externals.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import type { ScanPool } from '../../engine/types.ts';
import { rulesetId } from '../../rules/ruleset.ts';
import type { ProfiledData } from './data-kinds.ts';

/** The cost of a source on files of one kind. */
export interface Cost {
  readonly kind: string;
  /** Engine milliseconds for 1 MiB. */
  readonly msPerMiB: number;
  /** Multiple of the time that the reference takes, measured at the same moment. */
  readonly times: number;
  /** True if a scan ran out of time: the values are lower bounds. */
  readonly timedOut: boolean;
}

/** Measures sources. */
export interface Meter {
  /**
   * @returns one cost for each kind of data
   * @throws RearviewError `ERR_RULES_INVALID` if the source does not compile
   */
  measure(source: RuleSource): Promise<readonly Cost[]>;
}

/** A rule with one plain text, which no data has. It costs as little as a useful rule can. */
const reference: RuleSource = {
  namespace: 'reference',
  source: 'rule Reference { strings: $a = "Rearview measures against this text" condition: $a }',
};

const mebibyte = 1024 * 1024;
/** A source this much slower than the reference needs no further repetitions: noise is smaller. */
const clearlySlow = 30;

export interface MeterOptions {
  /** With one worker, so that no other scan of this process disturbs. */
  readonly pool: Pick<ScanPool, 'scan'>;
  readonly data: readonly ProfiledData[];
  /** Scans of each file with each source. The fastest counts. Default: 4. */
  readonly repetitions?: number;
}

/**
 * Creates a meter that noise disturbs little. Source and reference take turns, so that both see the
 * same machine, and the fastest repetition of each counts: everything else on a machine only makes
 * a scan slower.
 */
export function createMeter({ pool, data, repetitions = 4 }: MeterOptions): Meter {
  const idOf = (source: RuleSource) => rulesetId([source], engineInfo());
  const referenceRuleset = { id: idOf(reference), sources: [reference] };

  return {
    async measure(source) {
      const ruleset = { id: idOf(source), sources: [source] };
      const costs: Cost[] = [];
      for (const { kind, files } of data) {
        const bytes = files.reduce((sum, { length }) => sum + length, 0);
        let [own, least] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
        let timedOut = false;
        for (let turn = 0; turn < repetitions && !timedOut; turn += 1) {
          least = Math.min(least, (await timeOf(pool, referenceRuleset, files)).ms);
          const taken = await timeOf(pool, ruleset, files);
          own = Math.min(own, taken.ms);
          timedOut = taken.timedOut;
          if (turn > 0 && own > clearlySlow * least) break;
        }
        costs.push({ kind, msPerMiB: (own * mebibyte) / bytes, times: own / least, timedOut });
      }
      return costs;
    },
  };
}

async function timeOf(
  pool: Pick<ScanPool, 'scan'>,
  ruleset: Parameters<ScanPool['scan']>[0]['ruleset'],
  files: readonly Uint8Array<ArrayBuffer>[],
): Promise<{ readonly ms: number; readonly timedOut: boolean }> {
  let ms = 0;
  for (const file of files) {
    const before = performance.now();
    // The bytes go with the worker.
    const report = await pool.scan({ ruleset, bytes: file.slice(), externals: externalsOf('profile.bin') });
    if (report.status === 'failed') return { ms: ms + performance.now() - before, timedOut: true };
    ms += report.engineMs;
  }
  // Below the resolution of the clock there is no ratio.
  return { ms: Math.max(ms, 0.001), timedOut: false };
}
