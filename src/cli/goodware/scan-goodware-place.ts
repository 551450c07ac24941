import { resolve } from 'node:path';
import { createByteBudget } from '../../app/analysis/byte-budget.ts';
import { type MeasureGoodwareOptions, measureGoodware } from '../../app/gates/measure-goodware.ts';
import { hasCode, messageOf, RearviewError } from '../../domain/errors.ts';
import { unpackerVersion } from '../../domain/inside/unpacker-version.ts';
import { isS3Url } from '../../domain/objects/s3-url.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import type { GoodwarePlace } from '../../gates/goodware-place.ts';
import type { GoodwareResult } from '../../pull-requests/goodware-section.ts';
import { engineMemoryFor } from '../../targets/engine-memory.ts';
import { defaultDeadlineMs } from '../../targets/target.ts';
import type { CliContext } from '../context.ts';
import { interruption } from '../interruption.ts';
import { formatBytes, formatCount, formatDuration, plural, printLine } from '../output/output.ts';
import { printedTextLines } from '../output/printed-text-lines.ts';
import { beginStatusText } from '../output/status-text.ts';
import { openGoodwareMemory } from '../wiring/goodware-memory.ts';
import { openScanTargets } from '../wiring/scan-targets.ts';

type Rules = Pick<
  MeasureGoodwareOptions,
  'ruleset' | 'rules' | 'exceptions' | 'testsDir' | 'nowMs' | 'maxBytes' | 'unpack'
>;

export interface GoodwarePlaceOptions extends Rules {
  readonly place: GoodwarePlace;
  /** Folder of relative roots. */
  readonly dir: string;
  /** Workers that scan. */
  readonly jobs: number;
  /** Remembers results of public rules. */
  readonly stateDir: string;
}

/**
 * Scans a place and shows the progress on stderr. Null if it was interrupted, which is printed.
 * @throws RearviewError `ERR_CONFIG` for a root that does not exist; for S3 also as `openAnyBucket`
 * and `lookUpObjects`
 */
export async function scanGoodwarePlace(
  context: CliContext,
  { place, dir, jobs, stateDir, ...rules }: GoodwarePlaceOptions,
): Promise<GoodwareResult | null> {
  const { stderr, signal } = context;
  const targets = await openTargets(place, dir, jobs);
  const pool = createScanPool({
    workers: jobs,
    deadlineMs: defaultDeadlineMs,
    maxMemoryBytes: engineMemoryFor(rules.maxBytes),
  });
  const beganMs = performance.now();
  const status = beginStatusText(context);
  try {
    // An object of S3 has metadata, which rules may depend on.
    const isLocal = !place.roots.some(isS3Url);
    const measuring = measureGoodware({
      ...{ ...rules, pool, signal, listFiles: targets.files, roots: targets.roots, readAhead: targets.readAhead },
      memory: isLocal ? openGoodwareMemory(stateDir) : null,
      setting: [
        ...place.roots.map((root) => resolve(dir, root)),
        String(rules.maxBytes),
        JSON.stringify([unpackerVersion, rules.unpack]),
      ],
      // Twice the most that is held of one file: one is scanned while the next is read.
      budget: createByteBudget(2 * rules.maxBytes),
      onPrinted: (file, printed) =>
        status.above(() => printedTextLines(file, printed).forEach((line) => void stderr.write(`${line}\n`))),
      onProgress({ files, bytes, unscanned, failing }) {
        status.show(
          `${place.name}: ${plural(files, 'file')}, ${formatBytes(bytes)}, ${formatCount(unscanned)} not scanned, ${plural(failing, 'match', 'matches')} without an exception`,
        );
      },
    });
    // It watches the signal, but for while rules are compiled.
    const result = await Promise.race([measuring, interruption(signal)]);
    status.clear();
    if (typeof result === 'number') {
      await printLine(stderr, 'Interrupted: not all files were scanned.');
      return null;
    }
    await printLine(stderr, `${place.name}: scanned in ${formatDuration(performance.now() - beganMs)}`);
    return result;
  } finally {
    status.clear();
    await pool.close();
    targets.close();
  }
}

/** The roots come from the configuration: so does what is wrong with them. */
async function openTargets({ name, roots }: GoodwarePlace, cwd: string, jobs: number) {
  try {
    return await openScanTargets(roots, { cwd, jobs });
  } catch (cause) {
    if (!hasCode(cause, 'ERR_USAGE')) throw cause;
    throw new RearviewError('ERR_CONFIG', `goodware.places, ${name}: ${messageOf(cause)}`, { cause });
  }
}
