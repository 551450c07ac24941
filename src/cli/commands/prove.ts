import { availableParallelism } from 'node:os';
import { createByteBudget } from '../../app/analysis/byte-budget.ts';
import { auditScan, type ScanAudit } from '../../app/index/audit-scan.ts';
import { indexSettings } from '../../app/index/index-settings.ts';
import { proveScan, type ScanProof } from '../../app/index/prove-scan.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import { finalStates, type Scan } from '../../domain/scans/scan.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import { engineMemoryFor } from '../../targets/engine-memory.ts';
import { defaultDeadlineMs } from '../../targets/target.ts';
import { defineCommand } from '../define-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { flagSet } from '../flags/flag.ts';
import { countFlag, switchFlag } from '../flags/flags.ts';
import { formatCount, jsonLine, plural, printLine, safeText } from '../output/output.ts';
import { namedOrLatest } from '../which-scan.ts';
import { type IndexedTarget, indexLimitFlags, indexLimitOptions, withIndex } from '../wiring/with-index.ts';

/** `prove`. */
export const prove = defineCommand({
  description:
    'Prove that a retro scan excluded no object wrongly.\n\nEvaluates the formulas of its rules again, on the segments of the index that its ledger names, and compares. With --audit, also scans a random sample of the excluded objects in full.\nEnds with 1 if anything differs, an audited object matches, or a segment was removed or damaged since, so that its objects cannot be proven.',
  args: [['[id]', 'Id of the scan. Default: the latest retro scan.']],
  flags: [
    ['--audit <n>', 'Scan this many of the excluded objects, with all rules of the scan.'],
    ['--jobs <n>', 'Workers that scan. Default: one per core.'],
    ...indexLimitFlags,
    ['--json', 'Print JSON.'],
  ],
  options: flagSet({
    audit: countFlag.optional(),
    jobs: countFlag.default(availableParallelism()),
    ...indexLimitOptions,
    json: switchFlag,
  }),
  examples: ['rearview prove', 'rearview prove --audit 100', 'rearview prove retro-20261124T120610-631fbe --json'],
  run: (context, { args: [id], options, globals }) =>
    withIndex(context, globals, options, async (indexed) => {
      const { target, segments } = indexed;
      const scan = await namedOrLatest(target.state.scans, id);
      const ruleset = await target.library.get(scan.rulesetId);
      const proof = await proveScan({ scan, ruleset, scans: target.state.scans, segments });
      const audit =
        options.audit === undefined ? null : await runAudit(indexed, proof, ruleset, options.audit, options.jobs);
      for (const each of [...proof.wrong, ...proof.damage]) await printLine(context.stderr, safeText(each));
      for (const each of audit?.wrong ?? []) await printLine(context.stderr, safeText(`Wrongly excluded: ${each}`));
      const { segments: _, ...sums } = proof;
      const text = options.json
        ? jsonLine({ scan: scan.id, ...sums, audit })
        : [...proofLines(scan, proof), ...(audit === null ? [] : [auditLine(audit)])].join('\n');
      await printLine(context.stdout, text);
      const { wrong, gone, damaged } = proof;
      const isProven = wrong.length === 0 && gone + damaged === 0 && (audit?.wrong.length ?? 0) === 0;
      return isProven ? exitCodes.ok : exitCodes.problems;
    }),
});

/** @throws RearviewError `ERR_USAGE` for other limits than those of the scan */
async function runAudit(
  { target, limits }: IndexedTarget,
  { segments }: ScanProof,
  ruleset: Ruleset,
  sample: number,
  workers: number,
): Promise<ScanAudit> {
  const settings = indexSettings(limits);
  if (segments.some(({ exclusion }) => exclusion.segment.settings !== settings)) {
    throw new RearviewError(
      'ERR_USAGE',
      'The scan had other limits: use --max-size, --large-files and --no-unpack as for the scan.',
    );
  }
  const { maxObjectBytes } = limits;
  const pool = createScanPool({
    workers,
    deadlineMs: defaultDeadlineMs,
    maxMemoryBytes: engineMemoryFor(maxObjectBytes),
  });
  try {
    const budget = createByteBudget(2 * maxObjectBytes);
    return await auditScan({ segments, ruleset, readers: target.readers, limits, pool, budget, sample });
  } finally {
    await pool.close();
  }
}

function proofLines({ id, state }: Scan, proof: ScanProof): readonly string[] {
  const { excluded, proven, gone, damaged, formulas, reread, wrong } = proof;
  if (excluded === 0 && wrong.length === 0) {
    const soFar = finalStates.includes(state) ? '' : ' so far';
    return [`${id}: the scan excluded nothing with the index${soFar}, so there is nothing to prove`];
  }
  return [
    `${id}: ${plural(excluded, 'object')} excluded, ${formatCount(proven)} proven, ${plural(wrong.length, 'difference')}`,
    `${plural(formulas, 'formula')} evaluated again`,
    ...(reread > 0
      ? [`${formatCount(reread)} of them are read in another way by this version, with the same result`]
      : []),
    ...(gone > 0 ? [`${plural(gone, 'object')} cannot be proven: their segments were removed`] : []),
    ...(damaged > 0
      ? [`${plural(damaged, 'object')} cannot be proven: their segments are damaged or cannot be read`]
      : []),
  ];
}

function auditLine({ scanned, notScanned, wrong }: ScanAudit): string {
  return `${plural(scanned, 'excluded object')} scanned in full, ${formatCount(wrong.length)} matched; ${formatCount(notScanned)} gone, changed or not readable`;
}
