import type { Exclusion, RuleProof } from '../../domain/scans/exclusion.ts';
import type { Segment } from '../../domain/scans/segment.ts';
import {
  addBits,
  type Bits,
  bitsWhere,
  countBits,
  decodeBits,
  digestBits,
  emptyBits,
  encodeBits,
  everyBit,
} from '../../index/bits.ts';
import { querySegment } from '../../index/query-segment.ts';
import type { SegmentReader } from '../../index/segment-reader.ts';
import { narrowingOf } from '../../rules/requirement/narrowing.ts';
import type { LogicRequirement } from './logic-requirements.ts';

/**
 * Version of the reading of rules and of the evaluation of formulas: what another version proved
 * does not count. Change it whenever either may exclude more, or less, than before.
 */
export const plannerVersion = 'rearview.planner/1';

/** A segment of which more objects than this part may match is of no use. */
export const mostCandidates = 0.9;
/** With more rules than this, nearly everything may match: their formulas are not even read. */
const mostRules = 2000;
/** Formulas that are evaluated before it is checked whether nearly everything may match. */
const formulasAtOnce = 64;

/** Which objects of a segment may match, of the rules of a gap. */
export interface GapAnswer {
  /** Logic that earlier scans evaluated, and the objects that may match it. */
  readonly earlier: { readonly logic: readonly string[]; readonly candidates: Bits };
  /** Logic that this scan evaluated. */
  readonly fresh: { readonly logic: readonly string[]; readonly candidates: Bits };
}

/** The proofs about the objects of one segment. */
export interface SegmentProofs {
  readonly segment: Segment;
  readonly reader: SegmentReader;
  /**
   * Null if nearly all objects may match, so that the segment is of no use.
   * @param gap logic hashes, in the same array whenever they are the same
   * @throws Error if the segment cannot be read, or is damaged
   */
  answer(gap: readonly string[]): Promise<GapAnswer | null>;
  /** The objects that may match; undefined for logic that was not evaluated. */
  candidatesOf(logic: string): Bits | undefined;
  /** The proof of logic that was evaluated for this scan; undefined for other logic. */
  proofOf(logic: string): RuleProof | undefined;
  /** The earlier scans that proved a part of this logic. */
  earlierScansOf(gap: readonly string[]): readonly string[];
  /** Rows read for this scan. */
  readonly rows: number;
}

export interface SegmentProofsOptions {
  readonly segment: Segment;
  readonly reader: SegmentReader;
  readonly requirementOf: (logic: string) => LogicRequirement;
  /** Exclusions by this segment, of any scan. */
  readonly known: readonly { readonly scanId: string; readonly exclusion: Exclusion }[];
  /** The scan that the proofs are for; null for a plan. */
  readonly scanId: string | null;
}

/** Evaluates formulas on one segment, each once; what earlier scans proved is not evaluated again. */
export function createSegmentProofs(options: SegmentProofsOptions): SegmentProofs {
  const { segment, reader, requirementOf, scanId } = options;
  const count = reader.count;
  const own = options.known.find((each) => each.scanId === scanId)?.exclusion;
  const earlier = new Map<string, { readonly scanId: string; readonly bits: Bits }>();
  const fresh = new Map<string, Bits>();
  const encoded = new Map<string, RuleProof>();
  const answers = new Map<readonly string[], Promise<GapAnswer | null>>();
  const stored = new Map<string, { readonly scanId: string; readonly proof: RuleProof }>();
  for (const { scanId: by, exclusion } of options.known) {
    if (exclusion.segment.settings !== segment.settings) continue;
    for (const proof of exclusion.proofs) {
      if (stored.get(proof.logic)?.scanId !== scanId) stored.set(proof.logic, { scanId: by, proof });
    }
  }

  /** Takes over what is proven already, if it is of the same formula. */
  const recall = (logic: string): void => {
    const found = stored.get(logic);
    if (found === undefined || earlier.has(logic) || fresh.has(logic)) return;
    stored.delete(logic);
    const bits = bitsOf(found.proof, count, requirementOf(logic).formula);
    if (bits === null) return;
    if (found.scanId === scanId) fresh.set(logic, bits);
    else earlier.set(logic, { scanId: found.scanId, bits });
  };

  /** Returns whether few enough objects may match. */
  const evaluate = async (logic: readonly string[]): Promise<boolean> => {
    const candidates = emptyBits(count);
    for (const each of logic) addBits(candidates, fresh.get(each) ?? emptyBits(count));
    const due = logic.filter((each) => !fresh.has(each));
    if (due.length > mostRules) return false;
    for (let at = 0; at < due.length; at += formulasAtOnce) {
      const some = due.slice(at, at + formulasAtOnce);
      // A formula that is true of anything needs no reading.
      if (some.some((each) => narrowingOf(requirementOf(each).requirement).kind === 'nothing')) return false;
      const found = await querySegment(
        reader,
        some.map((each) => requirementOf(each).requirement),
      );
      for (const [index, each] of some.entries()) {
        const flags = found[index];
        const bits = flags === undefined ? everyBit(count) : bitsWhere(flags);
        fresh.set(each, bits);
        addBits(candidates, bits);
      }
      if (countBits(candidates) > count * mostCandidates) return false;
    }
    return true;
  };

  const answerGap = async (gap: readonly string[]): Promise<GapAnswer | null> => {
    gap.forEach(recall);
    const before = gap.filter((logic) => earlier.has(logic));
    const now = gap.filter((logic) => !earlier.has(logic));
    // Thousands of segments may be open.
    if (!(await evaluate(now).finally(() => reader.forget()))) return null;
    const [earlierBits, freshBits] = [emptyBits(count), emptyBits(count)];
    for (const logic of before) {
      const found = earlier.get(logic);
      if (found !== undefined) addBits(earlierBits, found.bits);
    }
    for (const logic of now) addBits(freshBits, fresh.get(logic) ?? everyBit(count));
    return {
      earlier: { logic: before, candidates: earlierBits },
      fresh: { logic: now, candidates: freshBits },
    };
  };

  return {
    ...{ segment, reader },
    answer(gap) {
      const known = answers.get(gap) ?? answerGap(gap);
      answers.set(gap, known);
      return known;
    },
    candidatesOf: (logic) => fresh.get(logic) ?? earlier.get(logic)?.bits,
    proofOf(logic) {
      const bits = fresh.get(logic);
      const proof =
        encoded.get(logic) ?? (bits === undefined ? undefined : proofFrom(logic, requirementOf(logic).formula, bits));
      if (proof !== undefined) encoded.set(logic, proof);
      return proof;
    },
    earlierScansOf: (gap) => [...new Set(gap.flatMap((logic) => earlier.get(logic)?.scanId ?? []))],
    get rows() {
      return (own?.rows ?? 0) + reader.rowsRead;
    },
  };
}

export function proofFrom(logic: string, formula: string, bits: Bits): RuleProof {
  const [candidates, digest] = [countBits(bits), digestBits(bits)];
  return { logic, formula, planner: plannerVersion, candidates, bits: encodeBits(bits), digest };
}

/** The candidates of a stored proof; null if it is of another formula or planner, or damaged. */
function bitsOf(proof: RuleProof, count: number, formula: string): Bits | null {
  if (proof.planner !== plannerVersion || proof.formula !== formula) return null;
  try {
    const bits = decodeBits(proof.bits, count);
    return digestBits(bits) === proof.digest ? bits : null;
  } catch {
    return null;
  }
}
