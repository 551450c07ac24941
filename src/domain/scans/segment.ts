/** A segment of the index: a file that is never changed, about the contents of many objects. */
export interface Segment {
  /** Lower-case hex SHA-256 of its end, which has the digests of the rest. */
  readonly name: string;
  /** Where the end begins, and the bytes of the segment. */
  readonly endOffset: number;
  readonly size: number;
  /** Objects in it. */
  readonly objects: number;
  /** Names the limits that it was made with (`indexSettings`). */
  readonly settings: string;
}

/** A segment has not the bytes that were written. Reading it again is of no use. */
export class DamagedSegment extends Error {
  override readonly name = 'DamagedSegment';
}

/** The name of its file: all that is needed to open it, so that a listing of files is the index. */
export function segmentFile({ name, endOffset, size, objects, settings }: Segment): string {
  return [name, endOffset, size, objects, settings].join('-');
}

const form =
  /^(?<name>[0-9a-f]{64})-(?<endOffset>\d{1,15})-(?<size>\d{1,15})-(?<objects>\d{1,15})-(?<settings>[0-9a-f]{16})$/;

/** Null for a file that is no segment. */
export function parseSegmentFile(file: string): Segment | null {
  const groups = form.exec(file)?.groups;
  if (groups === undefined) return null;
  const { name = '', endOffset, size, objects, settings = '' } = groups;
  return { name, endOffset: Number(endOffset), size: Number(size), objects: Number(objects), settings };
}
