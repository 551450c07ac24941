import { hasCode, messageOf } from '../../domain/errors.ts';
import { type RuleSource, ruleId } from '../../domain/rulesets/rule.ts';
import { type SingleRule, singleRules } from '../../rules/profile-sources.ts';
import type { Cost, Meter } from './cost.ts';

/** The cost of a rule or a string. */
export interface ProfiledPart {
  /** By kind of data, in one order for all. */
  readonly costs: readonly Cost[];
  /** The one with the highest multiple of the reference. */
  readonly worst: Cost;
}

export interface ProfiledString extends ProfiledPart {
  readonly identifier: string;
}

export interface ProfiledRule extends ProfiledPart {
  /** `namespace:name`. */
  readonly rule: string;
  /** Multiple of the median of all measured rules, on the kind of `worst`. */
  readonly timesMedian: number;
  /** Strings of the slowest rules, slowest first; empty for the others. */
  readonly strings: readonly ProfiledString[];
}

export interface RulesProfile {
  /** The median over the measured rules, by kind of data. Empty if no rule was measured. */
  readonly medians: readonly { readonly kind: string; readonly msPerMiB: number; readonly times: number }[];
  /** Slowest first. */
  readonly rules: readonly ProfiledRule[];
  /** Rules that could not be measured, and why. */
  readonly failed: readonly { readonly rule: string; readonly reason: string }[];
}

export interface ProfileRulesOptions {
  readonly sources: readonly RuleSource[];
  readonly meter: Meter;
  /** Selects rules by id. Default: all that are not private. */
  readonly isWanted?: (rule: string) => boolean;
  /** Number of rules whose strings are measured as well. Default: 20. */
  readonly withStrings?: number;
  /**
   * A rule above this multiple of the reference is measured again, and counts with the lower
   * result: a busy machine fails no gate. Default: none is.
   */
  readonly maxTimes?: number | null;
  readonly signal?: AbortSignal;
  /** Called after each measured part. */
  readonly onProgress?: (done: number, of: number) => void;
}

/** Measures rules one by one, and the strings of the slowest. */
export async function profileRules(options: ProfileRulesOptions): Promise<RulesProfile> {
  const { sources, meter, isWanted = () => true, withStrings = 20, maxTimes = null, signal, onProgress } = options;
  const wanted = sources.flatMap((file) =>
    singleRules(file, (name) => isWanted(ruleId({ namespace: file.namespace, name }))).map((rule) => ({
      ...{ rule, id: ruleId({ namespace: file.namespace, name: rule.name }) },
    })),
  );
  const failed: { readonly rule: string; readonly reason: string }[] = [];
  const measured: { readonly id: string; readonly rule: SingleRule; readonly costs: readonly Cost[] }[] = [];
  const total = wanted.length + Math.min(withStrings, wanted.length);
  let done = 0;
  for (const { rule, id } of wanted) {
    if (signal?.aborted) break;
    try {
      const first = await meter.measure(rule.source);
      const isOver = maxTimes !== null && worstOf(first).times > maxTimes;
      const costs = isOver ? cheaper(first, await meter.measure(rule.source)) : first;
      measured.push({ id, rule, costs });
    } catch (error) {
      if (!hasCode(error, 'ERR_RULES_INVALID') && !hasCode(error, 'ERR_RULES_TIMEOUT')) throw error;
      failed.push({ rule: id, reason: messageOf(error).split('\n').at(-1) ?? '' });
    }
    done += 1;
    onProgress?.(done, total);
  }
  const medians = mediansOf(measured.map(({ costs }) => costs));
  const sorted = measured.toSorted((a, b) => worstOf(b.costs).times - worstOf(a.costs).times);
  const rules: ProfiledRule[] = [];
  for (const [at, { id, rule, costs }] of sorted.entries()) {
    const strings = at < withStrings && !signal?.aborted ? await profileStrings(rule, meter) : [];
    const worst = worstOf(costs);
    const median = medians.find(({ kind }) => kind === worst.kind)?.msPerMiB ?? worst.msPerMiB;
    rules.push({ rule: id, costs, worst, timesMedian: worst.msPerMiB / median, strings });
    if (at < withStrings) onProgress?.(done + at + 1, total);
  }
  return { medians, rules, failed };
}

async function profileStrings({ strings }: SingleRule, meter: Meter): Promise<readonly ProfiledString[]> {
  const found: ProfiledString[] = [];
  for (const { identifier, source } of strings) {
    const costs = await meter.measure(source);
    found.push({ identifier, costs, worst: worstOf(costs) });
  }
  return found.sort((a, b) => b.worst.times - a.worst.times);
}

function worstOf(costs: readonly Cost[]): Cost {
  const [first, ...others] = costs;
  if (first === undefined) throw new Error('A meter returns at least one cost.');
  return others.reduce((worst, each) => (each.times > worst.times ? each : worst), first);
}

function cheaper(first: readonly Cost[], second: readonly Cost[]): readonly Cost[] {
  return first.map((each, at) => {
    const again = second[at];
    return again !== undefined && again.times < each.times ? again : each;
  });
}

function mediansOf(costs: readonly (readonly Cost[])[]): RulesProfile['medians'] {
  return (costs[0] ?? []).map(({ kind }, at) => ({
    kind,
    msPerMiB: median(costs.map((each) => each[at]?.msPerMiB ?? 0)),
    times: median(costs.map((each) => each[at]?.times ?? 0)),
  }));
}

/** Of an even number of values, the lower one in the middle. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;
}
