import type { NotScannedReason } from '../domain/inside/inside.ts';
import type { SevenZip } from './archives/seven-zip.ts';

/** What a format is recognized by: the content, never its name. */
/** Places of the bytes that archives start with, in order: any number of them may be false. */
export interface ArchiveStarts {
  readonly sevenZip: readonly number[];
  /** Of both forms of RAR. */
  readonly rar: readonly number[];
}

export interface Probe {
  readonly bytes: Buffer;
  /** Whether these bytes are at the offset. `expected` has one character per byte. Default: 0. */
  has(expected: string, offset?: number): boolean;
  /** The first 4 KiB, one character per byte. */
  readonly head: string;
  /**
   * Where the content of an executable or image ends and other data follows. Null if nothing
   * follows, or for other content.
   */
  readonly overlay: number | null;
  /** Where archives may start in the first MiB, behind other content. */
  readonly starts: ArchiveStarts;
}

/** Looks for content of a format. It is called for every file and every member, so it reads few bytes. */
export interface Find {
  /**
   * Where content of the format starts in the bytes; null if it is another format.
   * @param earlier the names of the formats before this one that fit
   */
  (probe: Probe, earlier: readonly string[]): number | null;
  /** A byte that all such content has: other content needs no call. Default: none. */
  readonly mark?: Mark;
}

export interface Mark {
  /** Its offset; negative from the end. */
  readonly at: number;
  /** Values that it can have, one character per byte. */
  readonly bytes: string;
}

/** One kind of container. */
export interface Format {
  /** Lower case. It is stored with the coverage of objects, so it never changes. */
  readonly name: string;
  readonly find: Find;
  /** Null for a format that is recognized and not opened. */
  readonly open: Opener | null;
}

/**
 * Gives all members of a container to the room, one after the other.
 * @param content the container, from where it starts
 * @throws anything for content that cannot be read further; it is recorded as damaged
 */
export type Opener = (content: Uint8Array, room: Room) => void;

/**
 * What an opener works with. Every call may throw: a limit is reached, or time is up. An opener
 * lets that through.
 */
export interface Room {
  /** A complete member, or what could be read of one. Names are as in the container. */
  member(name: string, bytes: Uint8Array): void;
  /**
   * A part of the container that is not scanned. `name` is null for the container itself.
   */
  missed(name: string | null, reason: NotScannedReason, detail?: string): void;
  /**
   * Says that a member grows by this number of bytes, before they are allocated or kept. Bytes that
   * were announced here are not counted again by `member`.
   */
  grow(bytes: number): void;
  /**
   * The first part of a member, after `grow` threw `LimitReached` with this reason: it is scanned
   * and not opened. After `member_size` the opener may go on with the next member; otherwise it
   * throws the error again.
   */
  cut(name: string, bytes: Uint8Array, reason: NotScannedReason): void;
  /** The most bytes that the next member may have. For calls that take a maximum. */
  allowance(): number;
  /** Called in loops that neither grow nor deliver members. */
  checkTime(): void;
  /**
   * Counts a call of zlib that failed. Node.js keeps about 6 kB of each until the event loop turns,
   * which it does after the file.
   * @throws LimitReached after 20,000 calls in a file
   */
  zlibFailed(): void;
  readonly passwords: readonly string[];
  /** The name of the container itself. Of the object, its file name. */
  readonly name: string;
  /**
   * An idle unpacker of archives.
   * @param again opens what is left of the container; called when one is idle again
   * @throws NoUnpacker if all are in use or have failed
   */
  sevenZip(again: Opener): SevenZip;
}

/** Ends an opener for now: it is called `again` when an unpacker of archives is idle. */
export class NoUnpacker extends Error {
  override readonly name = 'NoUnpacker';
  readonly again: Opener;

  constructor(again: Opener) {
    super('No unpacker of archives is idle.');
    this.again = again;
  }
}

/** What an error of an opener means: content that cannot be read, or a fault of the opener. */
export function reasonOf(error: unknown): NotScannedReason {
  return error instanceof TypeError || error instanceof ReferenceError ? 'unpacker_crash' : 'damaged';
}

/** A limit ends the container, or everything. */
export class LimitReached extends Error {
  override readonly name = 'LimitReached';
  readonly reason: NotScannedReason;
  /** Whether nothing more of the object can be opened. */
  readonly isFinal: boolean;

  constructor(reason: NotScannedReason, isFinal: boolean) {
    super(`The limit on ${reason} was reached.`);
    this.reason = reason;
    this.isFinal = isFinal;
  }
}
