import { randomInt } from 'node:crypto';
import { hasCode } from '../../domain/errors.ts';
import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import type { ObjectInfo, ObjectRef } from '../../domain/objects/object.ts';
import { ruleId } from '../../domain/rulesets/rule.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { ScanPool } from '../../engine/types.ts';
import { decodeBits, hasBit } from '../../index/bits.ts';
import type { ObjectReader } from '../../ports/object-store.ts';
import type { ByteBudget } from '../analysis/byte-budget.ts';
import { scanFiles } from '../files/scan-files.ts';
import { corpusFile } from './corpus-files.ts';
import type { ProvenSegment } from './prove-scan.ts';

export interface AuditScanOptions {
  /** The segments by which the scan excluded objects. */
  readonly segments: readonly ProvenSegment[];
  readonly ruleset: Ruleset;
  readonly readers: ReadonlyMap<string, ObjectReader>;
  readonly limits: ScanLimits;
  readonly pool: ScanPool;
  readonly budget: ByteBudget;
  /** Objects to scan. */
  readonly sample: number;
}

export interface ScanAudit {
  /** Excluded objects that were scanned in full. */
  readonly scanned: number;
  /** Objects that are gone or changed since, or could not be scanned. */
  readonly notScanned: number;
  /** Excluded objects that match: `rule: object`. Always empty, or the index is wrong. */
  readonly wrong: readonly string[];
}

interface Chosen extends ObjectRef {
  /** The logic that it was excluded for. */
  readonly logic: readonly string[];
}

/** Scans a random sample of the objects that a scan excluded, with the whole ruleset of the scan. */
export async function auditScan(options: AuditScanOptions): Promise<ScanAudit> {
  const { readers, limits, ruleset, pool, budget } = options;
  const logicOf = new Map(ruleset.rules.map((rule) => [ruleId(rule), rule.logicHash]));
  const chosen = new Map<string, { readonly object: ObjectInfo; readonly logic: ReadonlySet<string> }>();
  let [scanned, notScanned] = [0, 0];
  for (const each of await choose(options)) {
    const object = await findObject(readers, each);
    if (object === null) notScanned += 1;
    else chosen.set(corpusFile(readers, object).path, { object, logic: new Set(each.logic) });
  }
  const wrong: string[] = [];
  await scanFiles({
    ...{ ruleset, pool, budget },
    files: (async function* () {
      for (const { object } of chosen.values()) yield corpusFile(readers, object);
    })(),
    readAhead: pool.workers + 2,
    maxBytes: limits.maxObjectBytes,
    ...{ largeFiles: limits.largeFiles, unpack: limits.unpack },
    report: async (report) => {
      if (report.status !== 'scanned') {
        notScanned += 1;
        return;
      }
      scanned += 1;
      for (const match of report.matches) {
        const id = ruleId({ namespace: match.namespace, name: match.rule });
        if (chosen.get(report.path)?.logic.has(logicOf.get(id) ?? '') === true) wrong.push(`${id}: ${report.path}`);
      }
    },
  });
  return { scanned, notScanned, wrong };
}

/** A random sample of the excluded objects, each with the same chance. */
async function choose({ segments, sample }: AuditScanOptions): Promise<readonly Chosen[]> {
  const chosen: Chosen[] = [];
  let seen = 0;
  for (const { reader, exclusion } of segments) {
    const objects = await reader.objects();
    for (const { bits, logic } of exclusion.groups) {
      const excluded = decodeBits(bits, reader.count);
      for (let place = 0; place < reader.count; place += 1) {
        if (!hasBit(excluded, place)) continue;
        seen += 1;
        const at = seen <= sample ? seen - 1 : randomInt(seen);
        if (at < sample) chosen[at] = { ...objects.at(place), logic };
      }
    }
  }
  return chosen;
}

/** Null if it is gone, or another version is there now. */
async function findObject(
  readers: AuditScanOptions['readers'],
  { bucket, key, version }: ObjectRef,
): Promise<ObjectInfo | null> {
  try {
    const object = await readers.get(bucket)?.head({ key });
    return object === undefined || object === null || object.version !== version ? null : object;
  } catch (error) {
    if (hasCode(error, 'ERR_OBJECT_GONE', 'ERR_OBJECT_UNSUPPORTED', 'ERR_OBJECT_DENIED')) return null;
    throw error;
  }
}
