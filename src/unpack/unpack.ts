import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../domain/errors.ts';
import {
  boundedPlace,
  type Inside,
  maxNotScannedBytes,
  maxNotScannedListed,
  type NotScanned,
  type NotScannedReason,
  type Place,
} from '../domain/inside/inside.ts';
import { ratioCountsFromBytes, type UnpackLimits } from '../domain/inside/limits.ts';
import { type Found, formatsOf } from './formats.ts';
import type { SevenZipShelf } from './seven-zip-shelf.ts';
import { LimitReached, NoUnpacker, type Opener, type Room, reasonOf } from './types.ts';

/** A member of a container, at any level. */
export interface Member {
  /** Never empty. */
  readonly place: Place;
  readonly bytes: Uint8Array;
}

export interface UnpackOptions {
  readonly limits: UnpackLimits;
  /** Milliseconds since any fixed point. */
  readonly now: () => number;
  readonly shelf: SevenZipShelf;
  /**
   * Called for each member, before what is inside it. It may keep the bytes.
   * @returns the reason why it was not scanned; null if it was
   */
  readonly onMember: (member: Member) => Pick<NotScanned, 'reason' | 'detail'> | null;
}

/** They are parts of a file that might have been members. */
const mostFailedCalls = 20_000;

/** A container that is opened when an unpacker is idle again. */
interface Deferred {
  readonly content: Uint8Array;
  readonly format: string;
  readonly open: Opener;
  readonly place: Place;
}

/**
 * Opens a file and everything inside it, depth first, with one member at a time in memory on each
 * level. Whatever the content, it ends within the limits, and what it did not open is in the result.
 * @param name the file's own name
 * @returns null if the file is no container
 */
export async function unpack(bytes: Uint8Array, name: string, options: UnpackOptions): Promise<Inside | null> {
  const { limits, now, shelf } = options;
  const deferred: Deferred[] = [];
  const endAt = now() + limits.maxMs;
  const seen = new Set<string>();
  const notScanned: NotScanned[] = [];
  const reasons: Partial<Record<NotScannedReason, number>> = {};
  let listedBytes = 0;
  let members = 0;
  let scanned = 0;
  let extracted = 0;
  let failure: { readonly error: unknown } | undefined;
  let held = 0;
  let failedCalls = 0;
  const maxHeldBytes = 3 * limits.maxMemberBytes + bytes.length;

  function miss(place: Place, reason: NotScannedReason, detail?: string): void {
    reasons[reason] = (reasons[reason] ?? 0) + 1;
    if (notScanned.length >= maxNotScannedListed || listedBytes > maxNotScannedBytes) return;
    const text = detail === undefined || detail === '' ? {} : { detail: detail.slice(0, 200).toWellFormed() };
    const entry = { place: boundedPlace(place), reason, ...text };
    listedBytes += Buffer.byteLength(JSON.stringify(entry));
    if (listedBytes <= maxNotScannedBytes || notScanned.length === 0) notScanned.push(entry);
  }

  function checkTime(): void {
    if (now() >= endAt) throw new LimitReached('time', true);
  }

  function deliver(place: Place, content: Uint8Array): void {
    members += 1;
    const problem = scan({ place, bytes: content });
    if (problem === null) scanned += 1;
    else miss(place, problem.reason, problem.detail);
  }

  /** What the caller throws ends everything: it is not an error of an unpacker. */
  function scan(member: Member): ReturnType<UnpackOptions['onMember']> {
    try {
      return options.onMember(member);
    } catch (error) {
      failure ??= { error };
      throw new LimitReached('time', true);
    }
  }

  /** Whether the content is a container. */
  function openAll(content: Uint8Array, place: Place): boolean {
    let found: readonly Found[];
    try {
      found = formatsOf(content);
    } catch (error) {
      miss(place, 'unpacker_crash', messageOf(error));
      return true;
    }
    for (const each of found) {
      seen.add(each.format.name);
      openFound(content, each, place);
    }
    return found.length > 0;
  }

  function openFound(content: Uint8Array, { format, offset }: Found, place: Place): void {
    if (format.open === null) miss(place, 'unsupported', format.name);
    else if (place.length >= limits.maxDepth) miss(place, 'depth', format.name);
    else open({ content: content.subarray(offset), format: format.name, open: format.open, place });
  }

  function open(container: Deferred): void {
    const { content, format, place } = container;
    held += content.length;
    try {
      container.open(content, roomOf(content.length, place));
    } catch (error) {
      if (error instanceof NoUnpacker) deferred.push({ ...container, open: error.again });
      else if (!(error instanceof LimitReached)) miss(place, reasonOf(error), `${format}: ${messageOf(error)}`);
      else if (error.isFinal) throw error;
      else miss(place, error.reason, format);
    } finally {
      held -= content.length;
    }
  }

  function roomOf(size: number, place: Place): Room {
    let fromHere = 0;
    let announced = 0;
    const ratioBytes = Math.max(ratioCountsFromBytes, size * limits.maxRatio);
    const grow = (count: number): void => {
      checkTime();
      extracted += count;
      fromHere += count;
      if (extracted > limits.maxBytes || held + announced > maxHeldBytes) throw new LimitReached('bytes', true);
      if (fromHere > ratioBytes) throw new LimitReached('ratio', false);
      if (announced > limits.maxMemberBytes) throw new LimitReached('member_size', false);
    };
    return {
      passwords: limits.passwords,
      name: place.at(-1) ?? name,
      sevenZip(again) {
        const idle = shelf.take();
        if (idle === null) throw new NoUnpacker(again);
        return idle;
      },
      checkTime,
      zlibFailed() {
        failedCalls += 1;
        if (failedCalls > mostFailedCalls) throw new LimitReached('members', true);
      },
      allowance: () => Math.max(0, Math.min(limits.maxBytes - extracted, ratioBytes - fromHere, limits.maxMemberBytes)),
      grow(count) {
        announced += count;
        grow(count);
      },
      missed: (member, reason, detail) => miss(member === null ? place : [...place, member], reason, detail),
      cut(member, content, reason) {
        announced = 0;
        const inner = [...place, member];
        if (members < limits.maxMembers && content.length > 0) deliver(inner, content);
        miss(inner, reason, `only the first ${content.length} bytes were scanned`);
      },
      member(member, content) {
        if (members >= limits.maxMembers) throw new LimitReached('members', true);
        const unannounced = Math.max(0, content.length - announced);
        announced += unannounced;
        grow(unannounced);
        announced = 0;
        const inner = [...place, member];
        deliver(inner, content);
        openAll(content, inner);
      },
    };
  }

  try {
    if (!openAll(bytes, [])) return null;
    for (let next = deferred.pop(); next !== undefined; next = deferred.pop()) {
      await shelf.fill();
      checkTime();
      open(next);
    }
  } catch (error) {
    if (failure !== undefined) throw failure.error;
    if (!(error instanceof LimitReached)) throw error;
    miss([], error.reason);
  } finally {
    // Frees what they keep.
    if (failedCalls > 0) await nextTurn();
  }
  return {
    scanned,
    bytes: extracted,
    formats: [...seen].sort(),
    notScanned,
    reasons,
  };
}
