import { messageOf } from '../../domain/errors.ts';
import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import { type ObjectInfo, objectId } from '../../domain/objects/object.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import { hasBit } from '../../index/bits.ts';
import type { SegmentReader } from '../../index/segment-reader.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import { openSegments, segmentsWith } from './corpus-index.ts';
import { indexSettings } from './index-settings.ts';
import { createLogicRequirements } from './logic-requirements.ts';
import { createSegmentProofs, type SegmentProofs } from './segment-proofs.ts';

/** The decision on an object and the logic that it lacks. */
export type IndexDecision =
  /** Nothing of it can match. */
  | {
      readonly kind: 'excluded';
      readonly proofs: SegmentProofs;
      readonly place: number;
      readonly gap: Gap /** The part of it that no earlier scan proved. */;
      readonly logic: Gap;
    }
  /** This logic has to be applied to it: all that it lacks, or less where earlier scans proved the rest. */
  | {
      readonly kind: 'due';
      readonly logic: Gap;
      /** Whether it may match rules of this logic. Absent if it may match all. */
      readonly mayMatch?: (logic: string) => boolean;
      /** Present if the index lacks it. */
      readonly unindexed?: true;
    };

/** Logic hashes, sorted; the same array whenever they are the same. */
export type Gap = readonly string[];

/** Decides which objects of a corpus cannot match. What is not known may match. */
export interface CorpusExclusions {
  decide(object: ObjectInfo, gap: Gap): Promise<IndexDecision>;
  /** Segments that cannot be used, with the reason. Their objects are scanned. */
  readonly problems: readonly string[];
  /** Whether objects are not looked up because nearly all may match. */
  readonly isWide: boolean;
}

export interface CorpusExclusionsOptions {
  readonly segments: SegmentStore;
  readonly limits: ScanLimits;
  readonly scans: Pick<ScanStore, 'exclusionsBy'>;
  readonly ruleset: Pick<Ruleset, 'rules' | 'sources'>;
  /** The scan that excludes; null for a plan. */
  readonly scanId: string | null;
  /**
   * Hashes of contents (SHA-256 or MD5, lower-case hex) that are scanned whatever the index shows.
   * Default: none.
   */
  readonly keep?: ReadonlySet<string>;
  readonly onProblem?: (message: string) => void;
}

/**
 * A segment with at least this part of the indexed objects stands for the others: where nearly all
 * of its objects may match, no other segment is read for the same rules.
 */
const telling = 0.1;

const due = (logic: Gap): IndexDecision => ({ kind: 'due', logic });

/** Opens the index for one ruleset, when the first object is decided. */
export function createCorpusExclusions(options: CorpusExclusionsOptions): CorpusExclusions {
  const problems: string[] = [];
  const broken = new Set<SegmentProofs>();
  const wide = new Set<Gap>();
  let opened: ReturnType<typeof openIndex> | undefined;
  const note = (message: string) => {
    problems.push(message);
    options.onProblem?.(message);
  };

  const answerOf = async (proofs: SegmentProofs, gap: Gap, indexed: number) => {
    if (broken.has(proofs) || wide.has(gap)) return null;
    try {
      const answer = await proofs.answer(gap);
      if (answer === null && proofs.reader.objects.length >= indexed * telling) wide.add(gap);
      return answer;
    } catch (error) {
      if (broken.has(proofs)) return null;
      broken.add(proofs);
      note(
        `The segment ${proofs.segment.name.slice(0, 12)} of the index cannot be read, and its ${proofs.segment.objects} objects are scanned: ${messageOf(error)}`,
      );
      return null;
    }
  };

  return {
    async decide(object, gap) {
      opened ??= openIndex(options, note);
      const { places, indexed } = await opened;
      const found = places.get(objectId(object));
      if (found === undefined) return { kind: 'due', logic: gap, unindexed: true };
      const { proofs, place } = found;
      if (proofs.reader.objects[place]?.size !== object.size) return due(gap);
      const answer = await answerOf(proofs, gap, indexed);
      if (answer === null) return due(gap);
      const { earlier, fresh } = answer;
      const mayMatch = (logic: string) => {
        const candidates = proofs.candidatesOf(logic);
        return candidates === undefined || hasBit(candidates, place);
      };
      if (hasBit(earlier.candidates, place)) return { kind: 'due', logic: gap, mayMatch };
      if (!hasBit(fresh.candidates, place)) return { kind: 'excluded', proofs, place, gap, logic: fresh.logic };
      return { kind: 'due', logic: earlier.logic.length === 0 ? gap : fresh.logic, mayMatch };
    },
    problems,
    get isWide() {
      return wide.size > 0;
    },
  };
}

/** Reads where each object is indexed. Of an object that is in two segments, the first is used. */
async function openIndex(
  { segments, limits, scans, ruleset, scanId, keep = new Set() }: CorpusExclusionsOptions,
  note: (message: string) => void,
) {
  const places = new Map<string, { readonly proofs: SegmentProofs; readonly place: number }>();
  const requirementOf = createLogicRequirements(ruleset);
  const listed = await segmentsWith(segments, indexSettings(limits)).catch((error: unknown) => {
    note(`The index cannot be listed, and all objects are scanned: ${messageOf(error)}`);
    return [];
  });
  for await (const each of openSegments(segments, listed)) {
    if (each.reader === null) {
      note(each.problem);
      continue;
    }
    const known = await scans.exclusionsBy(each.segment.name);
    const proofs = createSegmentProofs({ segment: each.segment, reader: each.reader, requirementOf, known, scanId });
    const kept = objectsWith(each.reader, keep);
    for (const [place, object] of each.reader.objects.entries()) {
      const id = objectId(object);
      if (!kept.has(place) && !places.has(id)) places.set(id, { proofs, place });
    }
  }
  return { places, indexed: places.size };
}

/** The objects of a segment that are, or have inside, a content with one of these hashes. */
function objectsWith({ owners, factsOf }: SegmentReader, hashes: ReadonlySet<string>): ReadonlySet<number> {
  const found = new Set<number>();
  if (hashes.size === 0) return found;
  for (const [column, owner] of owners.entries()) {
    const { sha256, md5 } = factsOf(column);
    if (hashes.has(sha256 ?? '') || hashes.has(md5 ?? '')) found.add(owner);
  }
  return found;
}
