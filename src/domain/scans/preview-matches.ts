import { ruleId } from '../rulesets/rule.ts';
import { bytesOfData, type MatchedString, type RuleMatch, renderData } from './match.ts';
import { maxPreviewDataBytes, maxPreviewStrings, type PreviewMatch, type PreviewString } from './preview.ts';
import type { PreviewLimits } from './preview-limits.ts';

/** Maximum size of all matched strings of one object, as JSON. */
export const maxPreviewStringBytes = 64 * 1024;

/**
 * Selects the matches of an object for the ledger. Every rule that matched is listed, whatever
 * their number. Each rule gets as many strings as fit into
 * `maxPreviewStringBytes` together, at most `maxPreviewStrings`. If not even one per rule fits, the
 * later rules get none.
 *
 * @param limits whether to keep the matched bytes; without them, a string has its identifier,
 *   offset and length
 */
export function previewMatches(
  matches: readonly RuleMatch[],
  { matchedBytes }: Pick<PreviewLimits, 'matchedBytes'>,
): readonly PreviewMatch[] {
  const keep = matchedBytes ? shorten : withoutData;
  const rules = matches.map(({ namespace, rule, strings }) => {
    const shown = strings.slice(0, maxPreviewStrings).map(keep);
    return { rule: ruleId({ namespace, name: rule }), shown: shown.map((each) => ({ each, bytes: bytesOf(each) })) };
  });
  const bytesFor = (count: number) =>
    rules.reduce((sum, { shown }) => sum + shown.slice(0, count).reduce((some, { bytes }) => some + bytes, 0), 0);
  let count = maxPreviewStrings;
  while (count > 1 && bytesFor(count) > maxPreviewStringBytes) count -= 1;
  let room = maxPreviewStringBytes;
  return rules.map(({ rule, shown }): PreviewMatch => {
    const kept = shown.slice(0, count);
    room -= kept.reduce((sum, { bytes }) => sum + bytes, 0);
    return { rule, strings: room < 0 ? [] : kept.map(({ each }) => each) };
  });
}

function shorten(string: MatchedString): PreviewString {
  return { ...string, data: renderData(bytesOfData(string.data).subarray(0, maxPreviewDataBytes)) };
}

function withoutData({ data: _, ...place }: MatchedString): PreviewString {
  return place;
}

function bytesOf(string: PreviewString): number {
  return Buffer.byteLength(JSON.stringify(string)) + 1;
}
