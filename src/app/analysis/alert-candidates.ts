import { createHash } from 'node:crypto';
import { type Alert, alertSchema } from '../../domain/alerts/alert.ts';
import type { InsideSummary } from '../../domain/inside/inside.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import type { Externals } from '../../domain/rulesets/externals.ts';
import { isStaged, metaText, type RuleEntry, ruleId } from '../../domain/rulesets/rule.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import { matchedInside, type RuleMatch } from '../../domain/scans/match.ts';
import { partScanned } from '../../domain/scans/outcome.ts';
import type { RecordedScan } from '../../domain/scans/scan.ts';
import type { MatchCandidate } from '../../ports/match-store.ts';

export interface ScannedObject {
  readonly object: ObjectInfo;
  /** Bytes that were scanned, from the start. */
  readonly scannedBytes: number;
  readonly externals: Externals;
  /** Hash of the scanned bytes, like `md5`. */
  readonly sha256: string;
  readonly md5: string;
  /** Absent if the file is no container, or was not opened. */
  readonly inside?: InsideSummary | undefined;
  readonly matches: readonly RuleMatch[];
  /** The ruleset that was applied: that of the scan, or a delta of it. */
  readonly ruleset: Ruleset;
  readonly scan: AppliedScan;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** The matches of one scanned object, for the match store. */
export function alertCandidates(scanned: ScannedObject): readonly MatchCandidate[] {
  if (scanned.matches.length === 0) return [];
  const { object, ruleset } = scanned;
  const entries = new Map(ruleset.rules.map((rule) => [ruleId(rule), rule]));
  return scanned.matches.flatMap((match) => {
    const rule = entries.get(ruleId({ namespace: match.namespace, name: match.rule }));
    if (rule === undefined)
      throw new Error(
        `The engine reported ${match.namespace}:${match.rule}, which ruleset ${ruleset.id} does not list.`,
      );
    const candidate: MatchCandidate = {
      isStaged: isStaged(rule),
      sameLogicRules: ruleset.rules.filter((each) => each.logicHash === rule.logicHash).map(ruleId),
      alert: {
        schema: alertSchema,
        id: alertId(scanned.sha256, rule, object),
        at: scanned.at,
        rule: {
          id: ruleId(rule),
          namespace: rule.namespace,
          name: rule.name,
          tags: rule.tags,
          meta: rule.meta,
          severity: (metaText(rule, 'severity') ?? 'unknown').toLowerCase(),
          logicHash: rule.logicHash,
        },
        strings: match.strings,
        ...(match.stringsTotal === undefined ? {} : { stringsTotal: match.stringsTotal }),
        ...matchedInside(match),
        file: scannedFile(scanned),
        object: placeOf(object),
        scan: { id: scanned.scan.id, kind: scanned.scan.kind },
        ruleset: { id: publishedId(scanned) },
      },
    };
    return [candidate];
  });
}

/** The fields of a scan that alerts and verdicts need. */
export type AppliedScan = Pick<RecordedScan, 'id' | 'kind' | 'rulesetId'>;

/**
 * The published ruleset of which the applied one has all or a part. A live scan applies the whole,
 * and has no ruleset of its own.
 */
export function publishedId({ scan, ruleset }: Pick<ScannedObject, 'scan' | 'ruleset'>): string {
  return scan.rulesetId === '' ? ruleset.id : scan.rulesetId;
}

function placeOf({ bucket, key, version, arrivedAt, uploadedBy }: ObjectInfo): Alert['object'] {
  return { bucket, key, version, arrivedAt, ...(uploadedBy === undefined ? {} : { uploadedBy }) };
}

/** The description of the file in alerts and verdicts. */
export function scannedFile(scanned: Omit<ScannedObject, 'matches' | 'ruleset' | 'scan' | 'at'>): Alert['file'] {
  const { object, scannedBytes, externals, sha256, md5, inside } = scanned;
  const { filepath, filename } = externals;
  return {
    ...{ sha256, md5, size: object.size, ...partScanned(object.size, scannedBytes), filepath, filename },
    ...(inside === undefined ? {} : { inside: { scanned: inside.scanned, reasons: inside.reasons } }),
  };
}

/** The id of an alert: one alert for each content, rule and object. */
function alertId(sha256: string, rule: RuleEntry, object: ObjectInfo): string {
  const identity = JSON.stringify([sha256, ruleId(rule), object.bucket, object.key]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}
