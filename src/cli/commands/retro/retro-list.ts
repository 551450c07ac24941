import type { Scan } from '../../../domain/scans/scan.ts';
import { defineCommand } from '../../define-command.ts';
import { flagSet } from '../../flags/flag.ts';
import { choiceFlag, countFlag, switchFlag } from '../../flags/flags.ts';
import { formatBytes, printLine, table } from '../../output/output.ts';
import { scanJson } from '../../output/scan-lines.ts';
import { withExistingTarget } from '../../wiring/with-target.ts';

const kinds = ['retro', 'live', 'preview'] as const;

/** `retro list`. */
export const retroList = defineCommand({
  description:
    'List scans of one kind, newest first, with the sums of their ledgers.\n\nKinds: retro scans, live scans (one a day, UTC), and previews, which use rules that are not published.\nThe state is waiting where a scan has not finished and no process runs it.',
  flags: [
    ['--kind <kind>', `Which scans: ${kinds.join(', ')}. Default: retro.`],
    ['--limit <n>', 'Most scans to list. Default: 20.'],
    ['--json', 'Print JSON, one scan a line.'],
  ],
  options: flagSet({ kind: choiceFlag(kinds).default('retro'), limit: countFlag.default(20), json: switchFlag }),
  examples: ['rearview retro list', 'rearview retro list --kind preview', 'rearview retro list --json --limit 1'],
  run: ({ stdout, stderr }, { options, globals }) =>
    withExistingTarget(globals, async (target) => {
      const { state } = target;
      const scans = await state.scans.list({ kind: options.kind, limit: options.limit });
      if (options.json) {
        for (const scan of scans) await printLine(stdout, scanJson(scan));
        return 0;
      }
      // A live scan of a day is always open; it waits for nothing.
      const waits = options.kind !== 'live' && !target.isPipelineRunning();
      const stateOf = (scan: Scan) => (waits && scan.state === 'running' ? 'waiting' : scan.state);
      const rows = scans.map((scan) => [
        ...[scan.id, stateOf(scan), scan.createdAt.slice(0, 19).replace('T', ' '), scan.counts.objects],
        ...[scan.counts.scanned, scan.counts.covered, scan.counts.excluded, scan.counts.skipped, scan.counts.failed],
        ...[scan.counts.matches, formatBytes(scan.counts.scannedBytes)],
      ]);
      const header = [
        'SCAN',
        'STATE',
        'BEGAN (UTC)',
        'OBJECTS',
        'SCANNED',
        'COVERED',
        'EXCLUDED',
        'SKIPPED',
        'FAILED',
        'MATCHES',
        'BYTES',
      ];
      await printLine(stdout, rows.length === 0 ? 'no scans' : table(header, rows));
      if (scans.some((scan) => stateOf(scan) === 'waiting'))
        await printLine(
          stderr,
          'Waiting: no process runs the pipeline. "rearview up" or "rearview retro start" resumes.',
        );
      return 0;
    }),
});
