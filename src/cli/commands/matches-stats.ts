import { defineCommand } from '../define-command.ts';
import { flagSet } from '../flags/flag.ts';
import { countFlag, switchFlag } from '../flags/flags.ts';
import { matchFilterFlags, matchFilterOptions } from '../matches/match-filter-flags.ts';
import { createMatchStats, lastDays, type RuleStats } from '../matches/match-stats.ts';
import { selectedPages } from '../matches/select-matches.ts';
import { formatCount, jsonLine, printLine, table } from '../output/output.ts';
import { withMatches } from '../wiring/with-target.ts';

/** `matches stats`. */
export const matchesStats = defineCommand({
  description:
    'Count the matches on record by rule and day.\n\nA match is one rule and one content (SHA-256), on the day in UTC on which it was found first. Rules with the most matches come first.\nEnds with 2 if a named rule is not active and never matched.',
  flags: [
    ...matchFilterFlags,
    ['--days <n>', 'Days to count, with today: 1 to 31. Default: 7.'],
    ['--json', 'Print JSON, one rule a line.'],
  ],
  options: flagSet({
    ...matchFilterOptions,
    days: countFlag
      .check(
        (days) => days <= 31,
        (days) => `Invalid number "${days}": use 1 to 31.`,
      )
      .default(7),
    json: switchFlag,
  }),
  examples: ['rearview matches stats', 'rearview matches stats --days 31 --severity high,critical --json'],
  run: ({ stdout }, { options, globals }) =>
    withMatches(globals, async (target) => {
      const { days: count, json, ...selection } = options;
      const days = lastDays(count, Date.now());
      const stats = createMatchStats(days);
      for await (const { matches } of selectedPages(target, { ...selection, since: `${days[0]}T00:00:00.000Z` })) {
        for (const match of matches) stats.add(match);
      }
      const rules = stats.end();
      if (json) for (const each of rules) await printLine(stdout, jsonLine(statsJson(each, days)));
      else await printLine(stdout, rules.length === 0 ? 'no matches' : statsTable(rules, days));
      return 0;
    }),
});

function statsJson({ ruleId, byDay, ...rule }: RuleStats, days: readonly string[]) {
  return { rule: ruleId, ...rule, days: Object.fromEntries(days.map((day, index) => [day, byDay[index] ?? 0])) };
}

function statsTable(rules: readonly RuleStats[], days: readonly string[]): string {
  return table(
    ['RULE', 'SEVERITY', 'MATCHES', 'OBJECTS', ...days.map((day) => day.slice(5))],
    rules.map(({ ruleId, severity, matches, objects, byDay }) => [
      ...[ruleId, severity, formatCount(matches), formatCount(objects), ...byDay],
    ]),
  );
}
