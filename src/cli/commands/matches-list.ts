import type { LeftOutReason } from '../../app/sources/left-out-now.ts';
import type { StoredMatch } from '../../ports/match-store.ts';
import { isVendored } from '../../rules/vendored.ts';
import type { MatchTarget } from '../../targets/target.ts';
import { defineCommand } from '../define-command.ts';
import { flagSet, textFlag } from '../flags/flag.ts';
import { countFlag, sha256Flag, switchFlag, timeFlag } from '../flags/flags.ts';
import { matchFilterFlags, matchFilterOptions } from '../matches/match-filter-flags.ts';
import { selectMatches } from '../matches/select-matches.ts';
import { jsonLine, printLine, table } from '../output/output.ts';
import { withMatches } from '../wiring/with-target.ts';

/** `matches list`. */
export const matchesList = defineCommand({
  description:
    'List the matches on record, newest first: one for each rule and content (SHA-256).\n\nEnds with 2 if a named rule is not active and never matched.',
  flags: [
    ...matchFilterFlags,
    ['--sha256 <hex>', 'Only of this content, or of files with this member.'],
    ['--scan <id>', 'Only matches that this scan found first.'],
    ['--since <time>', 'Only matches found then or later: ISO 8601, or how long ago, for example 7d.'],
    ['--limit <n>', 'Most matches to list. Default: 100.'],
    ['--json', 'Print JSON, one match a line.'],
  ],
  options: flagSet({
    ...matchFilterOptions,
    sha256: sha256Flag.optional(),
    scan: textFlag.optional(),
    since: timeFlag.optional(),
    limit: countFlag.default(100),
    json: switchFlag,
  }),
  examples: ['rearview matches list --since 1d', 'rearview matches list --severity high,critical --rule "Web*"'],
  run: ({ stdout, stderr }, { options, globals }) =>
    withMatches(globals, async (target) => {
      const { limit } = options;
      const { matches, more } = await selectMatches(target, options, limit);
      const leftOut = await leftOutOf(target, matches);
      if (options.json) {
        const { matchJson } = await import('../output/match-json.ts');
        for (const match of matches) await printLine(stdout, jsonLine(matchJson(match, leftOut.get(match.ruleId))));
      } else await printLine(stdout, matches.length === 0 ? 'no matches' : matchTable(matches, leftOut));
      if (more) await printLine(stderr, `Only the newest ${limit} are shown: --limit shows more.`);
      return 0;
    }),
});

/** Why rules of these matches are left out now. Most lists have no public rule, and load nothing for it. */
async function leftOutOf({ library }: MatchTarget, matches: readonly StoredMatch[]) {
  const rules = matches.map(({ ruleId }) => ruleId).filter(isVendored);
  if (rules.length === 0) return new Map<string, LeftOutReason>();
  const { leftOutNow } = await import('../../app/sources/left-out-now.ts');
  return leftOutNow(library, rules);
}

function matchTable(matches: readonly StoredMatch[], leftOut: ReadonlyMap<string, LeftOutReason>): string {
  const rows = matches.map(({ firstSeenAt, alert, sha256, objects, isStaged, ruleId }) => [
    ...[firstSeenAt.slice(0, 19).replace('T', ' '), alert.rule.severity, alert.rule.name, sha256.slice(0, 16), objects],
    `${alert.file.filepath}${isStaged ? ' (staged)' : ''}${leftOutWord(leftOut.get(ruleId))}`,
  ]);
  return table(['FOUND (UTC)', 'SEVERITY', 'RULE', 'SHA-256', 'OBJECTS', 'FILE'], rows);
}

/** The rule is not scanned with any more. */
function leftOutWord(leftOut: LeftOutReason | undefined): string {
  if (leftOut === undefined) return '';
  return leftOut.kind === 'quarantined' ? ' (now quarantined)' : ' (now a duplicate)';
}
