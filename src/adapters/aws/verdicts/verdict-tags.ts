import type { Verdict } from '../../../domain/scans/verdict.ts';
import type { ObjectTag } from './merge-tags.ts';

/** Hex digits of the ruleset's id. */
const rulesetDigits = 16;

/** Set on objects in quarantine, whether they are moved or stay. */
export const quarantineTag: ObjectTag = { key: 'rearview-quarantine', value: 'true' };

/**
 * Returns the tags of a verdict, the most important first. Values have only the characters
 * `[A-Za-z0-9.:-]`; S3 accepts letters, numbers, spaces and `_.:/=+-@`
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_S3Tag.html).
 */
export function verdictTags({ status, ruleset, at }: Verdict): readonly ObjectTag[] {
  return [
    { key: 'rearview-verdict', value: status },
    { key: 'rearview-ruleset', value: ruleset.id.slice(0, rulesetDigits) },
    { key: 'rearview-scanned-at', value: at },
  ];
}
