import { hasCode, messageOf } from '../../domain/errors.ts';
import { ruleId } from '../../domain/rulesets/rule.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import { countExcluded, type Exclusion, type RuleProof } from '../../domain/scans/exclusion.ts';
import type { Scan } from '../../domain/scans/scan.ts';
import { type Bits, bitsWhere, countBits, decodeBits, digestBits, everyBit, intersect } from '../../index/bits.ts';
import { querySegment } from '../../index/query-segment.ts';
import { openSegment, type SegmentReader } from '../../index/segment-reader.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import { createLogicRequirements } from './logic-requirements.ts';
import { plannerVersion } from './segment-proofs.ts';

export interface ProveScanOptions {
  readonly scan: Pick<Scan, 'id' | 'counts'>;
  /** The ruleset of the scan. */
  readonly ruleset: Pick<Ruleset, 'rules' | 'sources'>;
  readonly scans: Pick<ScanStore, 'exclusions' | 'exclusionsBy'>;
  readonly segments: SegmentStore;
}

export interface ScanProof {
  /** Objects that the scan excluded. */
  readonly excluded: number;
  /** Those of them that were shown again to match no rule that they lacked. */
  readonly proven: number;
  /** Those whose segment was removed since: nothing can be shown of them. */
  readonly gone: number;
  /** Those whose segment is damaged, or cannot be read: nothing can be shown of them either. */
  readonly damaged: number;
  /** Formulas that were evaluated again, each on one segment. */
  readonly formulas: number;
  /** Formulas that this version reads in another way. They were evaluated as this version reads them. */
  readonly reread: number;
  /** Contradictions, as sentences. If there are any, objects were excluded wrongly. */
  readonly wrong: readonly string[];
  /** What is wrong with each damaged segment, as sentences. */
  readonly damage: readonly string[];
  /** The segments that could be read, with what the scan excluded by them. */
  readonly segments: readonly ProvenSegment[];
}

export interface ProvenSegment {
  readonly reader: SegmentReader;
  readonly exclusion: Exclusion;
}

/**
 * Evaluates the formulas of a scan again, on the segments that its ledger names, and compares. An
 * excluded object must be no candidate of any logic that it lacked.
 * @throws RearviewError `ERR_UNAVAILABLE` (retryable)
 */
export async function proveScan(options: ProveScanOptions): Promise<ScanProof> {
  const { scan, scans, segments } = options;
  const exclusions = await scans.exclusions(scan.id);
  const requirementOf = createLogicRequirements(options.ruleset);
  const wrong: string[] = [];
  const damage: string[] = [];
  const found: ProvenSegment[] = [];
  const excluded = countExcluded(exclusions).objects;
  const sums = { excluded, proven: 0, gone: 0, damaged: 0, formulas: 0, reread: 0 };
  if (sums.excluded !== scan.counts.excluded) {
    wrong.push(`The scan counts ${scan.counts.excluded} excluded objects, and its ledger has ${sums.excluded}.`);
  }
  for (const exclusion of exclusions) {
    const { objects } = countExcluded([exclusion]);
    const named = (problem: string) => `Segment ${exclusion.segment.name.slice(0, 12)}: ${problem}.`;
    try {
      const reader = await openExcluding(segments, exclusion);
      const checked = await proveSegment({ ...options, exclusion, reader, requirementOf });
      sums.formulas += checked.formulas;
      sums.reread += checked.reread;
      if (checked.wrong.length === 0) sums.proven += objects;
      wrong.push(...checked.wrong.map(named));
      found.push({ reader, exclusion });
    } catch (error) {
      if (hasCode(error, 'ERR_UNAVAILABLE')) throw error;
      if (hasCode(error, 'ERR_OBJECT_GONE')) sums.gone += objects;
      else {
        sums.damaged += objects;
        damage.push(named(messageOf(error)));
      }
    }
  }
  return { ...sums, wrong, damage, segments: found };
}

async function openExcluding(segments: SegmentStore, { segment }: Exclusion): Promise<SegmentReader> {
  const reader = await openSegment(segment, (...range) => segments.read(segment, ...range));
  // The places of the ledger name these.
  await reader.objects();
  return reader;
}

interface SegmentCheck extends ProveScanOptions {
  readonly exclusion: Exclusion;
  readonly reader: SegmentReader;
  readonly requirementOf: ReturnType<typeof createLogicRequirements>;
}

/** @throws Error if the segment cannot be read, or is damaged */
async function proveSegment(check: SegmentCheck) {
  const { exclusion, reader, requirementOf } = check;
  const { groups } = exclusion;
  const count = reader.count;
  const proofs = await proofsOf(check);
  const logic = [...new Set(groups.flatMap((group) => group.logic))].sort();
  const candidates = new Map<string, Bits>();
  const wrong: string[] = [];
  let reread = 0;
  const found = await querySegment(
    reader,
    logic.map((each) => requirementOf(each).requirement),
  );
  for (const [index, each] of logic.entries()) {
    const flags = found[index];
    const bits = flags === undefined ? everyBit(count) : bitsWhere(flags);
    candidates.set(each, bits);
    const proof = proofs.get(each);
    const name = nameOf(check.ruleset, each);
    if (proof === undefined) wrong.push(`the ledger has no proof for ${name}`);
    else if (proof.planner !== plannerVersion || proof.formula !== requirementOf(each).formula) reread += 1;
    else if (proof.digest !== digestBits(bits) || proof.candidates !== countBits(bits))
      wrong.push(`${name} has other candidates than those in the ledger`);
  }
  for (const group of groups) {
    const excluded = decodeBits(group.bits, count);
    if (countBits(excluded) !== group.objects)
      wrong.push(`a group of ${group.objects} objects names ${countBits(excluded)}`);
    for (const each of group.logic) {
      if (intersect(excluded, candidates.get(each) ?? everyBit(count)))
        wrong.push(`objects were excluded that may match ${nameOf(check.ruleset, each)}`);
    }
  }
  return { wrong, reread, formulas: logic.length };
}

/** The proofs of this scan, and of the earlier ones that it relies on. */
async function proofsOf({ exclusion, scans }: SegmentCheck): Promise<ReadonlyMap<string, RuleProof>> {
  const { segment, groups } = exclusion;
  const earlier = new Set(groups.flatMap((group) => group.earlier));
  const others = earlier.size === 0 ? [] : await scans.exclusionsBy(segment.name);
  const relied = others.filter(({ scanId }) => earlier.has(scanId)).flatMap((each) => each.exclusion.proofs);
  return new Map([...relied, ...exclusion.proofs].map((proof) => [proof.logic, proof]));
}

function nameOf({ rules }: Pick<Ruleset, 'rules'>, logic: string): string {
  const rule = rules.find((each) => each.logicHash === logic);
  return rule === undefined ? `logic ${logic.slice(0, 12)}` : ruleId(rule);
}
