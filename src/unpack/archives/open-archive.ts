import type { NotScannedReason } from '../../domain/inside/inside.ts';
import { LimitReached, type Opener, type Room } from '../types.ts';
import type { SevenZip } from './seven-zip.ts';

/** Opens a format with 7-Zip. `type` is its name there. */
export function openArchive(type: string): Opener {
  return (content, room) => tryPasswords(type, ['', ...room.passwords], new Set())(content, room);
}

function tryPasswords(type: string, passwords: readonly string[], seen: Set<string>): Opener {
  return (content, room) => {
    const locked = new Set<string>();
    for (const [index, password] of passwords.entries()) {
      const sevenZip = room.sevenZip(tryPasswords(type, passwords.slice(index), seen));
      locked.clear();
      const isOpen = extract(sevenZip, { content, type, password, room, seen, locked });
      if (isOpen && locked.size === 0) return;
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
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Whether the archive could be opened, if perhaps not each member. */
function extract(sevenZip: SevenZip, { content, type, password, room, seen, locked }: Extraction): boolean {
  let current: { readonly id: string; size: number } | undefined;
  let pending: (Pending & { readonly id: string }) | undefined;
  let isOpen = true;
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
    const isPending = pending !== undefined && (name === '' || sameName(pending.name, name));
    const id = isPending && pending !== undefined ? pending.id : name;
    if (reason === 'encrypted') {
      if (isPending) pending = undefined;
      locked.add(name);
      return;
    }
    // What could be read of it is scanned all the same.
    settle();
    if (seen.has(`!${id}`)) return;
    seen.add(`!${id}`);
    room.missed(name === '' ? null : name, reason, detail);
  }

  try {
    sevenZip.extract(content, type, password, {
      open(name) {
        settle();
        const ordinal = (ordinals.get(name) ?? 0) + 1;
        ordinals.set(name, ordinal);
        current = { id: `${name}#${ordinal}`, size: 0 };
      },
      grow(bytes) {
        if (current === undefined) return;
        // What an earlier password opened was counted then.
        if (!seen.has(current.id)) room.grow(bytes - current.size);
        else room.checkTime();
        current.size = bytes;
      },
      close(name, bytes) {
        if (current === undefined || seen.has(current.id)) return;
        pending = { name, bytes, id: current.id };
        current = undefined;
      },
      folder() {
        folders += 1;
        room.checkTime();
        if (folders > maxFolders) throw new LimitReached('members', false);
      },
      line(text) {
        const error = readLine(text);
        if (error === null) return;
        if (error.reason === 'closed') isOpen = false;
        else fail(error.reason, error.name, error.detail);
      },
    });
    settle();
  } catch (error) {
    if (error instanceof LimitReached) throw error;
    settle();
    const isMemory = error instanceof RangeError;
    room.missed(null, isMemory ? 'out_of_memory' : 'unpacker_crash', `${type}: ${String(error)}`);
  }
  return isOpen;
}

/** Most folders of one archive: they hold nothing. */
const maxFolders = 100_000;

interface LineError {
  /** `closed`: the archive needs another password to be opened. */
  readonly reason: NotScannedReason | 'closed';
  readonly name: string;
  readonly detail: string;
}

/** What 7-Zip prints about one member: `ERROR: Data Error : folder/name`. Null for other lines. */
function readLine(text: string): LineError | null {
  const [, message = '', name = ''] = /^(?:ERROR|WARNING): (.+?)(?: : (.*))?$/s.exec(text) ?? [];
  if (message === '') {
    if (/^(?:Unexpected end of (?:archive|data)|Headers Error|There are data after)/.test(text)) {
      return text.startsWith('There are') ? null : { reason: 'damaged', name: '', detail: text };
    }
    return null;
  }
  if (/Cannot open encrypted archive/.test(text)) return { reason: 'closed', name: '', detail: message };
  if (/password/i.test(message)) return { reason: 'encrypted', name, detail: message };
  if (/Unsupported/i.test(message)) return { reason: 'unsupported', name, detail: message };
  if (/(?:symbolic|hard) link/.test(text)) return null;
  return { reason: 'damaged', name: /\/box\/in/.test(name + message) ? '' : name, detail: message };
}

function sameName(a: string, b: string): boolean {
  return a === b || b.endsWith(`/${a}`) || a.endsWith(`/${b}`);
}
