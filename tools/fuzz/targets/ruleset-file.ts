import { rulesetId } from '../../../src/rules/ruleset.ts';
import { encodeRuleset, loadRuleset } from '../../../src/rules/ruleset-file.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';
import { packRuleset, repairRuleset, ruleset, rulesetFiles } from '../seeds/ruleset-bytes.ts';

/** An accepted file matches its id, and is read the same after it is written again. */
export const target: FuzzTarget = {
  name: 'ruleset-file',
  of: ['src/rules/ruleset-file.ts'],
  syntax: 'bytes',
  seeds: () => [
    ...rulesetFiles,
    packRuleset({ header: { ...JSON.parse(JSON.stringify(ruleset)), image: null }, sources: [] }),
  ],
  words: [
    'REARVIEW',
    '\x02\x00\x00\x00',
    '\x03\x00\x00\x00',
    '\x28\xb5\x2f\xfd',
    '\x1f\x8b',
    '"image":null',
    '"bytes":',
    '{}',
  ],
  repair: repairRuleset,
  run: checkRuleset,
};

/** @throws RearviewError if the file is refused */
export function checkRuleset(file: Buffer): string {
  const { ruleset: decoded, distrust, imageDamage } = loadRuleset(file, { maxSourceBytes: 1_000_000 });
  require(distrust !== null && decoded.image === null, 'an unsigned ruleset has no image');
  const { id, engine, sources, rules } = decoded;
  require(rulesetId(sources, engine) === id, 'a ruleset is what its id says');
  const again = loadRuleset(encodeRuleset(decoded)).ruleset;
  require(JSON.stringify([again.id, again.sources, again.rules]) ===
    JSON.stringify([id, sources, rules]), 'it is read the same again');
  return `accepted, ${imageDamage === null ? 'image whole or absent' : 'image damaged'}`;
}
