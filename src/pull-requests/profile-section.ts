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
  /** Its slowest string; null if it has none. */
  readonly slowest: { readonly identifier: string; readonly times: number } | null;
}

export interface ProfileSectionInput {
  /** Slowest first. */
  readonly rules: readonly RuleCost[];
  /** Rules that could not be measured, and why. */
  readonly failed: readonly { readonly rule: string; readonly reason: string }[];
  /** Changed rules beyond the limit of a run. */
  readonly unmeasured: number;
  /** `profile.maxTimes` of the configuration. */
  readonly maxTimes: number | null;
}

/**
 * The cost of the changed rules compared with the budget, as a section of a review. With a budget, a
 * rule that was not measured neither exceeds nor passes it.
 */
export function profileSection({ rules, failed, unmeasured, maxTimes }: ProfileSectionInput): SectionOf<'profile'> {
  const isOver = ({ times }: RuleCost) => maxTimes !== null && times > maxTimes;
  const over = rules.filter(isOver).length;
  const isUnknown = maxTimes !== null && unmeasured + failed.length > 0;
  const { shown } = clipList(rules, maxListed);
  return {
    ...{ schema: reviewSchema, section: 'profile' },
    verdict: over > 0 ? 'failed' : isUnknown ? 'unknown' : 'passed',
    measured: rules.length,
    over,
    maxTimes,
    rules: shown.map((each) => ({
      rule: clip(each.rule, 600),
      kind: clip(each.kind, 200),
      ...{ msPerMiB: each.msPerMiB, times: each.times, timedOut: each.timedOut, over: isOver(each) },
      slowest: each.slowest === null ? null : { ...each.slowest, identifier: clip(each.slowest.identifier, 200) },
    })),
    omitted: rules.length - shown.length,
    notes: [
      ...(unmeasured > 0 ? [`${unmeasured} more changed rules were not measured.`] : []),
      ...clipList(failed, 20).shown.map(({ rule, reason }) => clip(`${rule} was not measured: ${reason}`, 1000)),
    ],
  };
}
