import { findContent } from '../../app/analysis/find-content.ts';
import { type LeftOutReason, leftOutNow } from '../../app/sources/left-out-now.ts';
import { RearviewError } from '../../domain/errors.ts';
import { insideText, renderPlace } from '../../domain/inside/inside.ts';
import type { Uploader } from '../../domain/objects/uploader.ts';
import type { MatchedObject, StoredMatch } from '../../ports/match-store.ts';
import { defineCommand } from '../define-command.ts';
import { flagSet } from '../flags/flag.ts';
import { sha256StartFlag, switchFlag } from '../flags/flags.ts';
import { matchJson } from '../output/match-json.ts';
import { formatBytes, jsonLine, partNote, printLine, safeText } from '../output/output.ts';
import { withMatches } from '../wiring/with-target.ts';

const mostRules = 1000;
const shownObjects = 100;

/** `matches show`. */
export const matchesShow = defineCommand({
  description: `Show every rule that matched a content, the matched strings, and its first ${shownObjects} objects.\n\nEnds with 2 if no match is on record.`,
  args: [['<sha256>', 'SHA-256 of the content, or at least its first 8 digits. "matches list" prints 16.']],
  flags: [['--json', 'Print JSON, one match a line.']],
  options: flagSet({ json: switchFlag }),
  examples: [
    'rearview matches show 275a021bbfb6489e',
    'rearview matches show 275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f --json',
  ],
  run: ({ stdout }, { args: [given], options, globals }) =>
    withMatches(globals, async ({ state, library }) => {
      const sha256 = await findContent(state.matches, sha256StartFlag.read(given));
      const { matches } = await state.matches.list({ filter: { sha256 }, limit: mostRules });
      if (matches.length === 0) throw new RearviewError('ERR_NOT_FOUND', `No match is on record for ${sha256}.`);
      const leftOut = await leftOutNow(
        library,
        matches.map(({ ruleId }) => ruleId),
      );
      for (const match of matches) {
        const why = leftOut.get(match.ruleId);
        const matchedObjects = await state.matches.matchedObjects({
          sha256,
          ruleId: match.ruleId,
          limit: shownObjects,
        });
        await printLine(
          stdout,
          options.json
            ? jsonLine({ ...matchJson(match, why), strings: match.alert.strings, sightings: matchedObjects })
            : matchLines(match, matchedObjects, why).join('\n'),
        );
      }
      return 0;
    }),
});

function uploaderLine({ principal, address }: Uploader): string {
  return safeText(address === undefined ? principal : `${principal} at ${address}`);
}

function matchLines(
  { alert, objects, isStaged, firstSeenAt }: StoredMatch,
  matchedObjects: readonly MatchedObject[],
  leftOut: LeftOutReason | undefined,
): string[] {
  const { rule, file, strings } = alert;
  return [
    `${safeText(rule.namespace)}:${rule.name}${isStaged ? ' (staged: no alert)' : ''}`,
    ...(leftOut === undefined ? [] : [`  rule     not scanned with now, ${leftOut.kind}: ${safeText(leftOut.reason)}`]),
    `  file     ${file.sha256}, ${formatBytes(file.size)}, MD5 ${file.md5}`,
    ...(file.scannedBytes === undefined
      ? []
      : [`  part     matched, and hashed,${partNote(file.size, file.scannedBytes)}`]),
    `  found    ${firstSeenAt} by ${alert.scan.id}, ruleset ${alert.ruleset.id}`,
    ...(alert.object.uploadedBy === undefined
      ? []
      : [`  from     ${uploaderLine(alert.object.uploadedBy)}, according to AWS`]),
    ...rule.meta.map(({ identifier, value }) => `  meta     ${identifier} = ${safeText(String(value))}`),
    ...(file.inside === undefined ? [] : [`  inside   ${insideText(file.inside)}`]),
    ...(alert.onlyInside ? ['  where    in members, not in the file itself'] : []),
    ...(alert.members ?? []).map(
      ({ place, sha256, size }) => `  member   ${safeText(renderPlace(place))}, ${formatBytes(size)}, ${sha256}`,
    ),
    ...(alert.membersTotal === undefined ? [] : [`  members  ${alert.membersTotal} in all`]),
    ...strings.map(
      ({ identifier, place, offset, length, data }) =>
        `  string   ${identifier} at ${offset}${place === undefined ? '' : ` of ${safeText(renderPlace(place))}`}, ${length} bytes: ${safeText(data)}`,
    ),
    ...(alert.stringsTotal === undefined ? [] : [`  strings  ${alert.stringsTotal} in all`]),
    ...matchedObjects.map(
      ({ object, seenAt, alertState }) =>
        `  object   ${object.bucket}  ${safeText(object.key)}  ${seenAt}  alert ${alertState}`,
    ),
    ...(objects > matchedObjects.length ? [`  objects  ${objects} in all`] : []),
  ];
}
