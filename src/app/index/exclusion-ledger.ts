import type { ExcludedGroup, Exclusion, RuleProof } from '../../domain/scans/exclusion.ts';
import { type Bits, decodeBits, emptyBits, encodeBits, hasBit, setBit } from '../../index/bits.ts';
import type { ExcludedStep } from '../../ports/scan-store.ts';
import type { Gap } from './corpus-exclusions.ts';
import type { SegmentProofs } from './segment-proofs.ts';

/** An object that the index excludes. */
export interface ExcludedObject {
  readonly proofs: SegmentProofs;
  /** In the segment. */
  readonly place: number;
  /** The logic that it lacks, none of which can match. */
  readonly gap: Gap;
  /** Bytes. */
  readonly size: number;
}

/** Collects what a scan excludes, a line of the ledger for each segment. */
export interface ExclusionLedger {
  /** The lines with these objects added; null if none is new. Nothing changes until `commit`. */
  add(objects: readonly ExcludedObject[]): { readonly step: ExcludedStep; readonly commit: () => void } | null;
}

/** @param stored what the scan had excluded before */
export function createExclusionLedger(stored: readonly Exclusion[]): ExclusionLedger {
  const lines = new Map(stored.map((each) => [each.segment.name, each]));
  return {
    add(objects) {
      const added = { objects: 0, bytes: 0 };
      const changed: Exclusion[] = [];
      for (const [proofs, some] of Map.groupBy(objects, (each) => each.proofs)) {
        const line = addTo(lines.get(proofs.segment.name), proofs, some, added);
        if (line !== null) changed.push(line);
      }
      if (changed.length === 0) return null;
      return {
        step: { exclusions: changed, ...added },
        commit() {
          for (const each of changed) lines.set(each.segment.name, each);
        },
      };
    },
  };
}

/** An object that is excluded already is not counted again. Null if all are. */
function addTo(
  line: Exclusion | undefined,
  proofs: SegmentProofs,
  objects: readonly ExcludedObject[],
  added: { objects: number; bytes: number },
): Exclusion | null {
  const { name, endOffset, size, settings } = proofs.segment;
  const count = proofs.reader.count;
  const groups = new Map<string, { group: ExcludedGroup; bits: Bits }>();
  for (const group of line?.groups ?? []) {
    groups.set(group.logic.join(' '), { group, bits: decodeBits(group.bits, count) });
  }
  const before = added.objects;
  for (const [gap, some] of Map.groupBy(objects, (each) => each.gap)) {
    const key = gap.join(' ');
    const { group, bits } = groups.get(key) ?? {
      group: { logic: gap, earlier: [], bits: '', objects: 0, bytes: 0 },
      bits: emptyBits(count),
    };
    const sums = { objects: group.objects, bytes: group.bytes };
    for (const { place, size: bytes } of some) {
      if ([bits, ...[...groups.values()].map((each) => each.bits)].some((each) => hasBit(each, place))) continue;
      setBit(bits, place);
      sums.objects += 1;
      sums.bytes += bytes;
    }
    added.objects += sums.objects - group.objects;
    added.bytes += sums.bytes - group.bytes;
    const earlier = [...new Set([...group.earlier, ...proofs.earlierScansOf(gap)])].sort();
    groups.set(key, { group: { ...group, ...sums, earlier, bits: encodeBits(bits) }, bits });
  }
  if (added.objects === before) return null;
  const kept = [...groups.values()].map(({ group }) => group).filter((group) => group.objects > 0);
  return {
    segment: { name, endOffset, size, objects: count, settings },
    proofs: proofsOf(proofs, kept),
    rows: proofs.rows,
    groups: kept,
  };
}

function proofsOf(proofs: SegmentProofs, groups: readonly ExcludedGroup[]): readonly RuleProof[] {
  const logic = new Set(groups.flatMap((group) => group.logic));
  return [...logic].sort().flatMap((each) => proofs.proofOf(each) ?? []);
}
