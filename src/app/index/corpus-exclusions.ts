import pMap, { pMapIterable } from 'p-map';
import { messageOf } from '../../domain/errors.ts';
import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import { DamagedSegment, type Segment } from '../../domain/scans/segment.ts';
import { type Bits, emptyBits, hasBit, setBit } from '../../index/bits.ts';
import { createObjectTable } from '../../index/object-table.ts';
import { createObjectsCache } from '../../index/objects-cache.ts';
import type { SegmentObjects } from '../../index/segment-objects.ts';
import type { SegmentReader } from '../../index/segment-reader.ts';
import type { ScanStore } from '../../ports/scan-store.ts';
import type { SegmentStore } from '../../ports/segment-store.ts';
import { openedAtOnce, openSegmentOf, segmentsWith } from './corpus-index.ts';
import { indexSettings } from './index-settings.ts';
import { createLogicRequirements } from './logic-requirements.ts';
import { createSegmentProofs, type GapAnswer, type SegmentProofs } from './segment-proofs.ts';

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
  /** Bytes of object names that are kept decoded. Default: 256 MiB, some two million names. */
  readonly namesBytes?: number;
  readonly onProblem?: (message: string) => void;
  /** Called once for a segment that is damaged: its objects count as not indexed. */
  readonly onDamaged?: (segment: Segment) => Promise<void>;
}

/**
 * A segment with at least this part of the indexed objects stands for the others: where nearly all
 * of its objects may match, no other segment is read for the same rules.
 */
const telling = 0.1;

const due = (logic: Gap): IndexDecision => ({ kind: 'due', logic });

/** Segments that are read at once. In S3 each takes requests. */
const readAtOnce = 8;
const defaultNamesBytes = 256 * 1024 ** 2;

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

async function reportDamage(
  segment: Segment,
  { onDamaged }: Pick<CorpusExclusionsOptions, 'onDamaged'>,
  note: (message: string) => void,
): Promise<void> {
  try {
    await onDamaged?.(segment);
  } catch (error) {
    note(`The segment ${segment.name.slice(0, 12)} is damaged, and stays in the index: ${messageOf(error)}`);
  }
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

/** An object that is indexed. */
interface FoundObject {
  readonly proofs: SegmentProofs;
  readonly place: number;
  /** Bytes of the object that was indexed. */
  readonly size: number;
}

interface OpenIndex {
  /** Where an object is indexed: in two segments, if the second was written before the first was retired. */
  find(object: ObjectInfo): readonly FoundObject[];
  /** Objects that are indexed. */
  readonly indexed: number;
}

/** Reads where each object is indexed, and what earlier scans proved. */
async function openIndex(options: CorpusExclusionsOptions, note: (message: string) => void): Promise<OpenIndex> {
  const { segments: store, limits, scans, ruleset, scanId, keep = new Set() } = options;
  const { namesBytes = defaultNamesBytes } = options;
  const table = createObjectTable();
  const cache = createObjectsCache(namesBytes);
  const segments: { readonly proofs: SegmentProofs; readonly objects: SegmentObjects }[] = [];
  const requirementOf = createLogicRequirements(ruleset);
  const listed = await segmentsWith(store, indexSettings(limits)).catch((error: unknown) => {
    note(`The index cannot be listed, and all objects are scanned: ${messageOf(error)}`);
    return [];
  });
  const open = async (segment: Segment) => {
    const opened = await openSegmentOf(store, segment, async (reader) => ({
      objects: cache.keep(await reader.storedObjects()),
      kept: await objectsWith(reader, keep),
    }));
    return opened.reader === null ? opened : { ...opened, known: await scans.exclusionsBy(segment.name) };
  };
  for await (const each of pMapIterable(listed, open, { concurrency: openedAtOnce })) {
    if (each.reader === null) {
      note(each.problem);
      if (each.isDamaged) await reportDamage(each.segment, options, note);
      continue;
    }
    const { segment, reader, known, objects, kept } = each;
    segments.push({ proofs: createSegmentProofs({ segment, reader, requirementOf, known, scanId }), objects });
    table.add(objects, (place) => hasBit(kept, place));
  }
  return {
    find: (object) =>
      table.find(object).flatMap(({ segment, place }) => {
        const { proofs, objects } = segments[segment] ?? {};
        return proofs === undefined || objects === undefined ? [] : [{ proofs, place, size: objects.sizeAt(place) }];
      }),
    indexed: table.size,
  };
}

/** The objects of a segment that are, or have inside, a content with one of these hashes. */
async function objectsWith(reader: SegmentReader, hashes: ReadonlySet<string>): Promise<Bits> {
  const found = emptyBits(reader.count);
  if (hashes.size === 0) return found;
  const [owners, factsOf] = await Promise.all([reader.owners(), reader.facts({ hashes: true })]);
  for (const [column, owner] of owners.entries()) {
    const { sha256, md5 } = factsOf(column);
    if (hashes.has(sha256 ?? '') || hashes.has(md5 ?? '')) setBit(found, owner);
  }
  reader.forget();
  return found;
}
