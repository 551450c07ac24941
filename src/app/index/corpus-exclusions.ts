import pMap from 'p-map';
import { messageOf } from '../../domain/errors.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import { DamagedSegment } from '../../domain/scans/segment.ts';
import { hasBit } from '../../index/bits.ts';
import { type FoundObject, type OpenIndex, type OpenIndexOptions, openIndex, reportDamage } from './open-index.ts';
import type { GapAnswer, SegmentProofs } from './segment-proofs.ts';

/** The decision on an object and the logic that it lacks. */
export type IndexDecision =
  /** Nothing of it can match. */
  | {
      readonly kind: 'excluded';
      readonly proofs: SegmentProofs;
      readonly place: number;
      readonly gap: Gap;
      /** The part of it that no earlier scan proved. */
      readonly logic: Gap;
    }
  /** This logic has to be applied to it: all that it lacks, or less where earlier scans proved the rest. */
  | {
      readonly kind: 'due';
      readonly logic: Gap;
      /** Whether it may match rules of this logic. Absent if it may match all. */
      readonly mayMatch?: (logic: string) => boolean;
      /** Present if the index lacks it, or has it in a damaged segment only. */
      readonly unindexed?: true;
    };

/** Logic hashes, sorted; the same array whenever they are the same. */
export type Gap = readonly string[];

/** An object, and the logic that it lacks. */
export interface UndecidedObject {
  readonly object: ObjectInfo;
  readonly gap: Gap;
}

/** Decides which objects of a corpus cannot match. What is not known may match. */
export interface CorpusExclusions {
  /** Decides on objects, in their order. The segments that they are in are read at once. */
  decide(objects: readonly UndecidedObject[]): Promise<readonly IndexDecision[]>;
  /** Segments that cannot be used, with the reason. Their objects are scanned. */
  readonly problems: readonly string[];
  /** Whether objects are not looked up because nearly all may match. */
  readonly isWide: boolean;
}

export interface CorpusExclusionsOptions extends OpenIndexOptions {
  readonly onProblem?: (message: string) => void;
}

/**
 * A segment with at least this part of the indexed objects stands for the others: where nearly all
 * of its objects may match, no other segment is read for the same rules.
 */
const telling = 0.1;

const due = (logic: Gap): IndexDecision => ({ kind: 'due', logic });

/** Segments that are read at once. In S3 each takes requests. */
const readAtOnce = 8;

/** Opens the index for one ruleset, when the first object is decided. */
export function createCorpusExclusions(options: CorpusExclusionsOptions): CorpusExclusions {
  const problems: string[] = [];
  /** Segments that could not be read, and whether they are damaged. */
  const broken = new Map<SegmentProofs, boolean>();
  const wide = new Set<Gap>();
  const narrow = new Set<Gap>();
  let opened: Promise<OpenIndex> | undefined;
  const note = (message: string) => {
    problems.push(message);
    options.onProblem?.(message);
  };

  const answerOf = async (proofs: SegmentProofs, gap: Gap, indexed: number) => {
    if (broken.has(proofs) || wide.has(gap)) return null;
    try {
      const answer = await proofs.answer(gap);
      if (proofs.reader.count >= indexed * telling) (answer === null ? wide : narrow).add(gap);
      return answer;
    } catch (error) {
      if (broken.has(proofs)) return null;
      const isDamaged = error instanceof DamagedSegment;
      broken.set(proofs, isDamaged);
      if (isDamaged) await reportDamage(proofs.segment, options, note);
      note(
        `The segment ${proofs.segment.name.slice(0, 12)} of the index cannot be read, and its ${proofs.segment.objects} objects are scanned: ${messageOf(error)}${isDamaged ? '. A retro scan indexes them again.' : ''}`,
      );
      return null;
    }
  };

  /** Asks each segment for the gaps of its objects. Until it is known that a gap is not wide, one segment is read. */
  const answersFor = async (asked: ReadonlyMap<Gap, ReadonlySet<SegmentProofs>>, indexed: number) => {
    const answers = new Map<SegmentProofs, Map<Gap, GapAnswer | null>>();
    const ask = async ({ proofs, gap }: { readonly proofs: SegmentProofs; readonly gap: Gap }) => {
      const known = answers.get(proofs) ?? new Map<Gap, GapAnswer | null>();
      answers.set(proofs, known);
      known.set(gap, await answerOf(proofs, gap, indexed));
    };
    const left: { readonly proofs: SegmentProofs; readonly gap: Gap }[] = [];
    for (const [gap, segments] of asked) {
      for (const proofs of [...segments].toSorted((a, b) => b.reader.count - a.reader.count)) {
        if (narrow.has(gap) || proofs.reader.count < indexed * telling) left.push({ proofs, gap });
        else await ask({ proofs, gap });
      }
    }
    await pMap(left, ask, { concurrency: readAtOnce });
    return answers;
  };

  return {
    async decide(objects) {
      // Opening the index takes requests for each of its segments.
      if (objects.length === 0) return [];
      opened ??= openIndex(options, note);
      const { find, indexed } = await opened;
      const found = objects.map(({ object }) => find(object));
      const places = found.map((each) => each.find(({ proofs }) => !broken.has(proofs)) ?? each[0]);
      const isSame = (index: number) => places[index]?.size === objects[index]?.object.size;
      const asked = new Map<Gap, Set<SegmentProofs>>();
      for (const [index, { gap }] of objects.entries()) {
        const place = places[index];
        if (place === undefined || !isSame(index)) continue;
        const segments = asked.get(gap) ?? new Set();
        asked.set(gap, segments.add(place.proofs));
      }
      const answers = await answersFor(asked, indexed);
      return objects.map(({ gap }, index): IndexDecision => {
        const place = places[index];
        const isLost = found[index]?.every(({ proofs }) => broken.get(proofs) === true);
        if (place === undefined || isLost === true) return { kind: 'due', logic: gap, unindexed: true };
        const answer = answers.get(place.proofs)?.get(gap) ?? null;
        return isSame(index) && answer !== null ? decideOne(place, gap, answer) : due(gap);
      });
    },
    problems,
    get isWide() {
      return wide.size > 0;
    },
  };
}

function decideOne({ proofs, place }: FoundObject, gap: Gap, { earlier, fresh }: GapAnswer): IndexDecision {
  const mayMatch = (logic: string) => {
    const candidates = proofs.candidatesOf(logic);
    return candidates === undefined || hasBit(candidates, place);
  };
  if (hasBit(earlier.candidates, place)) return { kind: 'due', logic: gap, mayMatch };
  if (!hasBit(fresh.candidates, place)) return { kind: 'excluded', proofs, place, gap, logic: fresh.logic };
  return { kind: 'due', logic: earlier.logic.length === 0 ? gap : fresh.logic, mayMatch };
}
