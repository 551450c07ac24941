import { history } from '../../app/rulesets/current-ruleset.ts';
import { defineCommand } from '../define-command.ts';
import { flagSet } from '../flags/flag.ts';
import { switchFlag } from '../flags/flags.ts';
import { jsonLine, printLine, table } from '../output/output.ts';
import { withExistingTarget } from '../wiring/with-target.ts';

/** `ruleset list`. */
export const rulesetList = defineCommand({
  description:
    'List the active ruleset and the 20 before it, newest first, with their commits.\n\n"rearview ruleset rollback" makes one of them active again.',
  flags: [['--json', 'Print JSON, one ruleset a line.']],
  options: flagSet({ json: switchFlag }),
  examples: ['rearview ruleset list', 'rearview ruleset list --target aws --json'],
  run: ({ stdout }, { options, globals }) =>
    withExistingTarget(globals, async ({ library }) => {
      const current = await library.current();
      const all = current === null ? [] : history(current);
      if (options.json) {
        for (const [index, each] of all.entries()) await printLine(stdout, jsonLine({ ...each, inForce: index === 0 }));
        return 0;
      }
      const rows = all.map(({ rulesetId, sequence, publishedAt, commit }, index) => [
        ...[sequence, rulesetId, publishedAt.slice(0, 19).replace('T', ' '), commit ?? '-'],
        index === 0 ? 'active' : '',
      ]);
      const header = ['NUMBER', 'RULESET', 'PUBLISHED (UTC)', 'COMMIT', ''];
      await printLine(stdout, rows.length === 0 ? 'no rulesets' : table(header, rows));
      return 0;
    }),
});
