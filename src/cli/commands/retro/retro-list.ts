import { z } from 'zod';
import { defineCommand } from '../../define-command.ts';
import { choiceFlag, countFlag, switchFlag } from '../../flags/flags.ts';
import { formatBytes, printLine, table } from '../../output/output.ts';
import { scanJson } from '../../output/scan-lines.ts';
import { withExistingTarget } from '../../wiring/with-target.ts';

const kinds = ['retro', 'live', 'preview'] as const;

/** `retro list`. */
export const retroList = defineCommand({
  description:
    'List scans of one kind, newest first, with the sums of their ledgers.\n\nKinds: retro scans, live scans (one a day, UTC), and previews, which use rules that are not published.',
  flags: [
    ['--kind <kind>', `Which scans: ${kinds.join(', ')}. Default: retro.`],
    ['--limit <n>', 'Most scans to list. Default: 20.'],
    ['--json', 'Print JSON, one scan a line.'],
  ],
  options: z.object({ kind: choiceFlag(kinds).default('retro'), limit: countFlag.default(20), json: switchFlag }),
  examples: ['rearview retro list', 'rearview retro list --kind preview', 'rearview retro list --json --limit 1'],
  run: ({ stdout }, { options, globals }) =>
    withExistingTarget(globals, async ({ state }) => {
      const scans = await state.scans.list({ kind: options.kind, limit: options.limit });
      if (options.json) {
        for (const scan of scans) await printLine(stdout, scanJson(scan));
        return 0;
      }
      const rows = scans.map(({ id, state: how, createdAt, counts }) => [
        ...[id, how, createdAt.slice(0, 19).replace('T', ' '), counts.objects, counts.scanned, counts.covered],
        ...[counts.skipped, counts.failed, counts.matches, formatBytes(counts.scannedBytes)],
      ]);
      const header = [
        'SCAN',
        'STATE',
        'BEGAN (UTC)',
        'OBJECTS',
        'SCANNED',
        'COVERED',
        'SKIPPED',
        'FAILED',
        'MATCHES',
        'BYTES',
      ];
      await printLine(stdout, rows.length === 0 ? 'no scans' : table(header, rows));
      return 0;
    }),
});
