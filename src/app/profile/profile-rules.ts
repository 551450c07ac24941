import { hasCode, messageOf } from '../../domain/errors.ts';
import { type RuleSource, ruleId } from '../../domain/rulesets/rule.ts';
import { type SingleRule, singleRules } from '../../rules/profile-sources.ts';
import type { Budget } from './budget.ts';
import type { Cost, Meter } from './cost.ts';
import { type CostMemory, noCostMemory } from './cost-memory.ts';

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
  readonly budget: Budget | null;
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
  /** Rules for which there was no time. */
  readonly unmeasured: readonly string[];
  /** Measured rules whose costs were remembered. */
  readonly remembered: number;
}

export interface ProfileRulesOptions {
  readonly sources: readonly RuleSource[];
  readonly meter: Meter;
  /** Selects rules by id. Default: all that are not private. */
  readonly isWanted?: (rule: string) => boolean;
  /** Number of rules whose strings are measured as well. Default: 20. */
  readonly withStrings?: number;
  /**
   * Returns the budget of a rule, by id. A rule above it is measured again, and counts with the
   * lower result: a busy machine fails no gate. Rules that can fail are measured first. Default:
   * none has one.
   */
  readonly budgetOf?: (rule: string) => Budget | null;
  /** Default: nothing is remembered. */
  readonly memory?: CostMemory;
  /** Returns the logic hash of a rule, by id, under which its cost is remembered. Default: its text. */
  readonly logicOf?: (rule: string) => string | undefined;
  /** Returns true when no further measurement may begin. Default: never. */
  readonly isTimeUp?: () => boolean;
  readonly signal?: AbortSignal;
  /** Called after each measured part. */
  readonly onProgress?: (done: number, of: number) => void;
}

/** Measures rules one by one, and the strings of the slowest. */
export async function profileRules(options: ProfileRulesOptions): Promise<RulesProfile> {
  const { withStrings = 20, memory = noCostMemory, isTimeUp = () => false, signal, onProgress } = options;
  const wanted = wantedRules(options);
  const failed: { readonly rule: string; readonly reason: string }[] = [];
  const unmeasured: string[] = [];
  const measured: (WantedRule & { readonly costs: readonly Cost[] })[] = [];
  const total = wanted.length + Math.min(withStrings, wanted.length);
  let done = 0;
  let remembered = 0;
  for (const each of wanted) {
    if (signal?.aborted) break;
    const known = memory.get(each.rule.source, each.logic);
    if (known === null && isTimeUp()) unmeasured.push(each.id);
    else {
      try {
        measured.push({ ...each, costs: await costsOf(each, known, options) });
        if (known !== null) remembered += 1;
      } catch (error) {
        if (!hasCode(error, 'ERR_RULES_INVALID') && !hasCode(error, 'ERR_RULES_TIMEOUT')) throw error;
        failed.push({ rule: each.id, reason: messageOf(error).split('\n').at(-1) ?? '' });
      }
    }
    done += 1;
    onProgress?.(done, total);
  }
  const medians = mediansOf(measured.map(({ costs }) => costs));
  const sorted = measured.toSorted((a, b) => worstOf(b.costs).times - worstOf(a.costs).times);
  const rules: ProfiledRule[] = [];
  for (const [at, { id, rule, budget, costs }] of sorted.entries()) {
    const strings = at < withStrings && !signal?.aborted && !isTimeUp() ? await profileStrings(rule, options) : [];
    const worst = worstOf(costs);
    const median = medians.find(({ kind }) => kind === worst.kind)?.msPerMiB ?? worst.msPerMiB;
    rules.push({ rule: id, costs, worst, timesMedian: worst.msPerMiB / median, budget, strings });
    if (at < withStrings) onProgress?.(done + at + 1, total);
  }
  return { medians, rules, failed, unmeasured, remembered };
}

interface WantedRule {
  readonly id: string;
  readonly rule: SingleRule;
  readonly budget: Budget | null;
  readonly logic: string | undefined;
}

/** The rules to measure; those that can fail come first. */
function wantedRules({ sources, isWanted = () => true, budgetOf = () => null, logicOf }: ProfileRulesOptions) {
  const wanted = sources.flatMap((file): readonly WantedRule[] =>
    singleRules(file, (name) => isWanted(ruleId({ namespace: file.namespace, name }))).map((rule) => {
      const id = ruleId({ namespace: file.namespace, name: rule.name });
      return { rule, id, budget: budgetOf(id), logic: logicOf?.(id) };
    }),
  );
  return wanted.toSorted((a, b) => Number(b.budget?.fails === true) - Number(a.budget?.fails === true));
}

/** @param known costs that were measured before; null if there are none */
async function costsOf(
  { rule, budget, logic }: WantedRule,
  known: readonly Cost[] | null,
  { meter, memory = noCostMemory, isTimeUp = () => false }: ProfileRulesOptions,
): Promise<readonly Cost[]> {
  const first = known ?? (await meter.measure(rule.source));
  const isOver = budget !== null && worstOf(first).times > budget.maxTimes;
  const costs = isOver && (known === null || !isTimeUp()) ? cheaper(first, await meter.measure(rule.source)) : first;
  memory.put(rule.source, costs, logic);
  return costs;
}

async function profileStrings(
  { strings }: SingleRule,
  { meter, memory = noCostMemory }: ProfileRulesOptions,
): Promise<readonly ProfiledString[]> {
  const found: ProfiledString[] = [];
  for (const { identifier, source } of strings) {
    const costs = memory.get(source) ?? (await meter.measure(source));
    memory.put(source, costs);
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
