import { createHash } from 'node:crypto';
import { z } from 'zod';
import { RearviewError } from '../../domain/errors.ts';
import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import { unpackerVersion } from '../../domain/inside/unpacker-version.ts';
import { gramHashId } from '../../index/gram-hash.ts';
import type { PointerStore } from '../../ports/pointer-store.ts';

const pointerName = 'index/segments';
const attempts = 20;

const segmentSchema = z.object({
  /** Lower-case hex SHA-256 of its end. */
  name: z.string(),
  endOffset: z.number().int().nonnegative(),
  size: z.number().int().nonnegative(),
  objects: z.number().int().nonnegative(),
  /** Bytes of the objects. */
  objectBytes: z.number().nonnegative(),
  /** See `indexSettings`. */
  settings: z.string(),
});

/** A segment that belongs to the index. */
export type ListedSegment = z.infer<typeof segmentSchema>;

const manifestSchema = z.object({ form: z.literal(1), segments: z.array(segmentSchema) });

/**
 * Returns a name for everything that decides which bytes a scan sees. What was indexed with other
 * settings says nothing about a scan with these.
 */
export function indexSettings({ maxObjectBytes, largeFiles, unpack }: ScanLimits): string {
  const text = JSON.stringify([gramHashId, unpackerVersion, maxObjectBytes, largeFiles, unpack]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The segments of the index; none where there is no index. */
export async function readManifest(pointers: PointerStore): Promise<readonly ListedSegment[]> {
  const pointer = await pointers.get(pointerName);
  return pointer === null ? [] : segmentsOf(pointer.value);
}

/** Changes the list of segments; several processes may do so at once. */
export async function changeManifest(
  pointers: PointerStore,
  change: (segments: readonly ListedSegment[]) => readonly ListedSegment[],
): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const pointer = await pointers.get(pointerName);
    const segments = change(pointer === null ? [] : segmentsOf(pointer.value));
    const value = JSON.stringify({ form: 1, segments });
    if (await pointers.compareAndSet(pointerName, pointer?.revision ?? null, value)) return;
  }
  throw new RearviewError('ERR_CONFLICT', 'The index is being changed by others all the time: try again.');
}

/** An index that this version cannot read is none: then every object is read. */
function segmentsOf(value: string): readonly ListedSegment[] {
  const parsed = manifestSchema.safeParse(JSON.parse(value));
  return parsed.success ? parsed.data.segments : [];
}
