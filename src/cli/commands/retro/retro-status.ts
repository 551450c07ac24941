import { pagesOf } from '../../../ports/pages.ts';
import type { Target } from '../../../targets/target.ts';
import { defineCommand } from '../../define-command.ts';
import { flagSet } from '../../flags/flag.ts';
import { listFlag, switchFlag } from '../../flags/flags.ts';
import { printLine } from '../../output/output.ts';
import { entryJson, entryLine, exclusionJson, exclusionLine, scanJson, scanLines } from '../../output/scan-lines.ts';
import { namedOrLatest } from '../../which-scan.ts';
import { withExistingTarget } from '../../wiring/with-target.ts';

const statuses = ['scanned', 'covered', 'excluded', 'skipped', 'failed'] as const;
type Status = (typeof statuses)[number];
const pageSize = 1000;

/** `retro status`. */
export const retroStatus = defineCommand({
  description:
    'Show a scan and the sums of its ledger: objects = scanned + covered + excluded + skipped + failed.\n\nWith --ledger, lists the outcome of each object; for a preview, also the rules that matched. Objects that the index excluded are one line for each segment of it. The live scan of a day is named live-YYYY-MM-DD.',
  args: [['[id]', 'Id of the scan. Default: the latest retro scan.']],
  flags: [
    ['--ledger', 'List the entries of the ledger, one a line.'],
    [
      '--status <list>',
      `Only entries with these outcomes, separated by commas: ${statuses.join(', ')}. Implies --ledger.`,
    ],
    ['--json', 'Print JSON: the scan on one line, or one entry a line.'],
  ],
  options: flagSet({ ledger: switchFlag, status: listFlag(statuses).optional(), json: switchFlag }),
  examples: ['rearview retro status', 'rearview retro status --status failed,skipped --json'],
  run: ({ stdout }, { args: [id], options, globals }) =>
    withExistingTarget(globals, async (target) => {
      const scan = await namedOrLatest(target.state.scans, id);
      if (options.ledger || options.status !== undefined) {
        const included = options.status ?? statuses;
        for await (const entry of ledgerOf(target, scan.id, included)) {
          await printLine(stdout, options.json ? entryJson(entry) : entryLine(entry));
        }
        const excluded = included.includes('excluded') ? await target.state.scans.exclusions(scan.id) : [];
        for (const each of excluded) await printLine(stdout, options.json ? exclusionJson(each) : exclusionLine(each));
      } else await printLine(stdout, options.json ? scanJson(scan) : scanLines(scan, Date.now()).join('\n'));
      return 0;
    }),
});

async function* ledgerOf({ state }: Target, scanId: string, included: readonly Status[]) {
  const ofObjects = included.filter((status) => status !== 'excluded');
  if (ofObjects.length === 0) return;
  const options = { limit: pageSize, statuses: ofObjects };
  for await (const { entries } of pagesOf((from) => state.scans.ledger(scanId, { ...options, ...from })))
    yield* entries;
}
