import { unpackLimitNames } from './limits.ts';

/** Why a member was not scanned, or a container not opened to its end. */
export const notScannedReasons = [
  /** A limit was reached. */
  ...unpackLimitNames,
  /** No known password fits. */
  'encrypted',
  /** The container is truncated, or does not hold what it states. */
  'damaged',
  /** The format is known, but nothing here opens it, or not this variant of it. */
  'unsupported',
  /** The unpacker failed. */
  'unpacker_crash',
  /** The engine failed on the member. */
  'engine_crash',
  'out_of_memory',
  /** The thread did not end with the members in time. */
  'timeout',
] as const;
export type NotScannedReason = (typeof notScannedReasons)[number];

/** The names from the outermost container to a member: `invoice.zip`, `macro.docm`, … */
export type Place = readonly string[];

/** A member, or all further members of a container, that were not scanned. */
export interface NotScanned {
  /** Empty for the object itself. */
  readonly place: Place;
  readonly reason: NotScannedReason;
  /** For example the format, or the name of a method. */
  readonly detail?: string;
}

/** Most entries of `Inside.notScanned`. */
export const maxNotScannedListed = 20;

/** What was found inside an object that is a container. */
export interface Inside {
  /** Scanned members, at all levels. Members with equal content count each. */
  readonly scanned: number;
  /** Extracted bytes, at all levels. */
  readonly bytes: number;
  /** Formats of the object and its members that were recognized as containers, sorted. */
  readonly formats: readonly string[];
  /** What was not scanned: the first ones, `maxNotScannedListed` at most, in the order they were found. */
  readonly notScanned: readonly NotScanned[];
  /** The number of all of these by reason; a reason that did not occur is absent. */
  readonly reasons: Readonly<Partial<Record<NotScannedReason, number>>>;
}

/** The part of `Inside` that alerts have. */
export type InsideSummary = Pick<Inside, 'scanned' | 'reasons'>;

/** The number of entries that `Inside.notScanned` would have without its limit. */
export function notScannedTotal({ reasons }: Pick<InsideSummary, 'reasons'>): number {
  return Object.values(reasons).reduce((sum, count) => sum + count, 0);
}

/** Most names of a place that is kept; the middle ones are left out. */
const maxNames = 8;
/**
 * Most bytes of the listed places and details of one object: a hundred objects with hostile names
 * fit into one transaction of the ledger.
 */
export const maxNotScannedBytes = 16 * 1024;
/** Longest name that is kept, in characters; the middle is left out. */
const maxNameLength = 120;

/**
 * Renders a place: `invoice.zip > macro.docm > ThisDocument`. A name that has such a separator does
 * not look like several names.
 */
export function renderPlace(place: Place): string {
  return place.map((name) => name.replace(/(?<=^| )>(?= |$)/g, '\\u003e')).join(' > ');
}

/** `12 members, 3 not scanned (2 encrypted, 1 depth)`. */
export function insideText({ scanned, reasons }: InsideSummary): string {
  const members = `${scanned} ${scanned === 1 ? 'member' : 'members'}`;
  const missed = Object.entries(reasons).map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`);
  return missed.length === 0
    ? `${members} inside`
    : `${members} inside, ${notScannedTotal({ reasons })} not scanned (${missed.join(', ')})`;
}

/** Shortens hostile names, so that a place fits into records and alerts. */
export function boundedPlace(place: Place): Place {
  const names = place.map((name) => shortened(name));
  if (names.length <= maxNames) return names;
  return [...names.slice(0, maxNames / 2), '…', ...names.slice(1 - maxNames / 2)];
}

function shortened(name: string): string {
  if (name.length <= maxNameLength) return name;
  const half = maxNameLength / 2 - 1;
  return `${name.slice(0, half)}…${name.slice(-half)}`.toWellFormed();
}
