import type { NotScannedReason } from '../../domain/inside/inside.ts';
import { LimitReached, type Opener, type Room } from '../types.ts';
import { contentName } from './content-name.ts';
import { hasEncryptedHeaders, readArchiveError } from './read-error.ts';
import type { SevenZip } from './seven-zip.ts';
import { isVolume } from './volumes.ts';

/** Opens a format with 7-Zip. `type` is its name there. */
export function openArchive(type: string): Opener {
  return (content, room) => {
    if (isVolume(type, content)) room.missed(null, 'unsupported', 'the other volumes of the archive');
    tryPasswords(type, ['', ...room.passwords], new Set())(content, room);
  };
}

function tryPasswords(type: string, passwords: readonly string[], seen: Set<string>): Opener {
  return (content, room) => {
    const locked = new Set<string>();
    for (const [index, password] of passwords.entries()) {
      const sevenZip = room.sevenZip(tryPasswords(type, passwords.slice(index), seen));
      locked.clear();
      const end = extract(sevenZip, { content, type, password, room, seen, locked });
      if (end === 'ended' && locked.size === 0) return;
    }
    if (locked.size === 0) room.missed(null, 'encrypted', type);
    for (const name of locked) room.missed(name, 'encrypted');
  };
}

interface Extraction {
  readonly content: Uint8Array;
  readonly type: string;
  readonly password: string;
  readonly room: Room;
  /** Members that the room has, or that were missed. Added to. */
  readonly seen: Set<string>;
  /** Members that need another password. Added to. */
  readonly locked: Set<string>;
}

interface Pending {
  readonly id: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The name that 7-Zip gives to the content of a file that stores no name, perhaps with an extension. */
const noName = /^in~(?=\.|$)/;
const noNameLength = 'in~'.length;
/** Types of one member: when it is too large, nothing else is left. */
const singleTypes = new Set(['gzip', 'bzip2', 'xz', 'zstd', 'lzma', 'Z']);

/** Extracts with one password. `closed`: the archive needs another one to be opened. */
function extract(sevenZip: SevenZip, extraction: Extraction): 'ended' | 'closed' {
  const { content, type, password, room, seen, locked } = extraction;
  let current: { readonly id: string; readonly name: string; size: number } | undefined;
  let pending: Pending | undefined;
  let isClosed = false;
  /** The member whose first part was scanned last: what 7-Zip says of its end does not matter. */
  let cutName: string | undefined;
  let isExplained = false;
  let unknownLine = '';
  let files = 0;
  let folders = 0;
  const ordinals = new Map<string, number>();

  function settle(): void {
    const done = pending;
    pending = undefined;
    if (done === undefined) return;
    seen.add(done.id);
    room.member(done.name, done.bytes);
  }

  function fail(reason: NotScannedReason, name: string, detail: string): void {
    const isPending = pending !== undefined && (name === '' || sameName(pending.id, name));
    if (reason === 'encrypted') {
      if (isPending) pending = undefined;
      locked.add(name);
      return;
    }
    const id = `!${isPending && pending !== undefined ? pending.id : name}`;
    // What could be read of it is scanned all the same.
    settle();
    if (seen.has(id) || name === cutName) return;
    seen.add(id);
    const shown = noName.test(name) ? contentName(room.name) : name;
    room.missed(shown === '' ? null : shown, reason, detail);
  }

  try {
    sevenZip.extract(content, type, password, {
      open(stored) {
        settle();
        files += 1;
        const ordinal = (ordinals.get(stored) ?? 0) + 1;
        ordinals.set(stored, ordinal);
        const name = noName.test(stored) ? contentName(room.name) + stored.slice(noNameLength) : stored;
        current = { id: `${stored}#${ordinal}`, name, size: 0 };
      },
      grow(bytes, soFar) {
        // What an earlier password opened was counted then.
        if (current === undefined || seen.has(current.id)) {
          room.checkTime();
          return false;
        }
        try {
          room.grow(bytes - current.size);
        } catch (error) {
          if (!(error instanceof LimitReached) || error.reason === 'time') throw error;
          seen.add(current.id);
          cutName = current.name;
          room.cut(current.name, soFar(), error.reason);
          // The others may be smaller.
          if (error.reason !== 'member_size' || singleTypes.has(type)) throw error;
          return false;
        }
        current.size = bytes;
        return true;
      },
      close(_name, bytes) {
        if (current !== undefined && !seen.has(current.id)) pending = { id: current.id, name: current.name, bytes };
        current = undefined;
      },
      folder() {
        folders += 1;
        if (folders > maxFolders) throw new LimitReached('members', false);
      },
      tick: room.checkTime,
      line(text) {
        const error = readArchiveError(text);
        if (error === null) unknownLine = text;
        if (error === null) return;
        isExplained = true;
        if (error.reason === 'closed') isClosed = true;
        else fail(error.reason, error.name, error.detail);
      },
    });
    settle();
    // Nothing came out, and what was printed is not understood.
    if (!isExplained && files + folders === 0 && unknownLine.trim() !== '') room.missed(null, 'damaged', unknownLine);
  } catch (error) {
    if (error instanceof LimitReached) throw error;
    const isThrown = typeof error === 'number';
    // An exception of 7-Zip, which nothing catches in this build: no member can be read.
    if (isThrown && files === 0 && hasEncryptedHeaders(type, content)) return 'closed';
    settle();
    const isMemory = error instanceof RangeError;
    if (isThrown) room.missed(null, 'damaged', type);
    else room.missed(null, isMemory ? 'out_of_memory' : 'unpacker_crash', `${type}: ${String(error)}`);
  }
  return isClosed ? 'closed' : 'ended';
}

/** Most folders of one archive: they hold nothing. */
const maxFolders = 100_000;

/** Whether 7-Zip means the member that it closed last. It prints the path in the archive. */
function sameName(id: string, printed: string): boolean {
  const written = id.slice(0, id.lastIndexOf('#'));
  return written === printed || printed.endsWith(`/${written}`) || written.endsWith(`/${printed}`);
}
