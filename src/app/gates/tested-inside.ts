import { boundedPlace, renderPlace } from '../../domain/inside/inside.ts';
import { defaultUnpackLimits } from '../../domain/inside/limits.ts';
import { ruleId } from '../../domain/rulesets/rule.ts';
import type { RuleMatch } from '../../domain/scans/match.ts';
import { listMembers } from '../../engine/members.ts';
import type { TestedInside } from '../../rule-tests/results.ts';
import type { RuleTest } from '../../rule-tests/spec.ts';

/** The members of a sample. It is opened again, since a scan reports only members that match. */
export async function testedInside(
  bytes: Uint8Array,
  { externals }: Pick<RuleTest, 'externals'>,
  matches: readonly RuleMatch[],
): Promise<TestedInside> {
  const list = await listMembers({ bytes, name: externals.filename, limits: defaultUnpackLimits });
  const matched = matches.flatMap(({ namespace, rule, members = [] }) => {
    const places = members.map(({ place }) => renderPlace(boundedPlace(place)));
    return places.length === 0 ? [] : [{ rule: ruleId({ namespace, name: rule }), places }];
  });
  return { ...list, matched };
}
