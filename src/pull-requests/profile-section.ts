import { clip, clipList } from './clip.ts';
import { reviewSchema, type SectionOf } from './section.ts';

/** Most rules that a section lists. */
const maxListed = 50;

/** The cost of a changed rule. */
export interface RuleCost {
  /** `namespace:name`. */
  readonly rule: string;
  /** The kind of data on which it is slowest, and the cost there. */
  readonly kind: string;
  readonly msPerMiB: number;
  /** Multiple of a rule with one plain text. */
  readonly times: number;
  readonly timedOut: boolean;
  readonly budget: RuleBudget | null;
  /** Its slowest string; null if it has none. */
  readonly slowest: { readonly identifier: string; readonly times: number } | null;
}

/** The limit of a rule, and whether the gate fails above it. */
export interface RuleBudget {
  /** Multiple of a rule with one plain text. */
  readonly maxTimes: number;
  readonly fails: boolean;
}

export interface ProfileSectionInput {
  /** Slowest first. */
  readonly rules: readonly RuleCost[];
  /** Rules that could not be measured, and why. */
  readonly failed: readonly { readonly rule: string; readonly reason: string; readonly budget: RuleBudget | null }[];
  /** Changed rules beyond the limits of a run, by their budget. */
  readonly unmeasured: readonly { readonly budget: RuleBudget | null }[];
  /** `profile.maxTimes` of the configuration. */
  readonly maxTimes: number | null;
}

/**
 * The cost of the changed rules compared with their budgets, as a section of a review. A rule that
 * can fail and was not measured makes the result unknown.
 */
export function profileSection({ rules, failed, unmeasured, maxTimes }: ProfileSectionInput): SectionOf<'profile'> {
  const over = rules.filter(isOver);
  const failing = over.filter(({ budget }) => budget?.fails === true).length;
  const isUnknown = [...unmeasured, ...failed].some(({ budget }) => budget?.fails === true);
  const { shown } = clipList(rules, maxListed);
  return {
    ...{ schema: reviewSchema, section: 'profile' },
    verdict: failing > 0 ? 'failed' : isUnknown ? 'unknown' : 'passed',
    measured: rules.length,
    over: failing,
    reported: over.length - failing,
    maxTimes,
    rules: shown.map((each) => ({
      rule: clip(each.rule, 600),
      kind: clip(each.kind, 200),
      ...{ msPerMiB: each.msPerMiB, times: each.times, timedOut: each.timedOut, over: isOver(each) },
      ...(each.budget === null ? {} : { budget: each.budget.maxTimes, staged: !each.budget.fails }),
      slowest: each.slowest === null ? null : { ...each.slowest, identifier: clip(each.slowest.identifier, 200) },
    })),
    omitted: rules.length - shown.length,
    notes: [
      ...(unmeasured.length > 0 ? [unmeasuredNote(unmeasured.length, rules.length)] : []),
      ...clipList(failed, 20).shown.map(({ rule, reason }) => clip(`${rule} was not measured: ${reason}`, 1000)),
    ],
  };
}

/** Returns whether a rule takes longer than its budget. */
export function isOver({ times, budget }: Pick<RuleCost, 'times' | 'budget'>): boolean {
  return budget !== null && times > budget.maxTimes;
}

function unmeasuredNote(unmeasured: number, measured: number): string {
  return `${unmeasured} of ${unmeasured + measured} changed rules were not measured: they did not fit into the time or number of one run.`;
}
