import { pMapIterable } from 'p-map';
import { messageOf } from '../../domain/errors.ts';
import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import type { ObjectInfo } from '../../domain/objects/object.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { Segment } from '../../domain/scans/segment.ts';
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
import { createSegmentProofs, type SegmentProofs } from './segment-proofs.ts';

const defaultNamesBytes = 256 * 1024 ** 2;

export interface OpenIndexOptions {
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
  /** Called once for a segment that is damaged: its objects count as not indexed. */
  readonly onDamaged?: (segment: Segment) => Promise<void>;
}

/** An object that is indexed. */
export interface FoundObject {
  readonly proofs: SegmentProofs;
  readonly place: number;
  /** Bytes of the object that was indexed. */
  readonly size: number;
}

export interface OpenIndex {
  /** Where an object is indexed. It may be in two segments: one is stored before the other is retired. */
  find(object: ObjectInfo): readonly FoundObject[];
  /** Objects that are indexed. */
  readonly indexed: number;
}

/**
 * Reads where each object is indexed, and what earlier scans proved.
 * @param note is called with each problem
 */
export async function openIndex(options: OpenIndexOptions, note: (message: string) => void): Promise<OpenIndex> {
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

/** Calls `onDamaged`. What it throws is a problem, and no more. */
export async function reportDamage(
  segment: Segment,
  { onDamaged }: Pick<OpenIndexOptions, 'onDamaged'>,
  note: (message: string) => void,
): Promise<void> {
  try {
    await onDamaged?.(segment);
  } catch (error) {
    note(`The segment ${segment.name.slice(0, 12)} is damaged, and stays in the index: ${messageOf(error)}`);
  }
}
