import { u16, u32, utf16 } from '../../bytes/read.ts';
import type { Room } from '../../types.ts';

/** A stream or a storage of a compound file. */
export interface Entry {
  readonly name: string;
  /** The names of its storages and its own, without the root. */
  readonly path: readonly string[];
  readonly isStream: boolean;
  readonly size: number;
  readonly start: number;
}

/** An OLE compound file (MS-CFB). Nothing that it says of itself is trusted. */
export interface CompoundFile {
  /** Storages before what is in them. Streams that are in no storage come last. */
  readonly entries: readonly Entry[];
  /** The content of a stream. It is shorter than its size if its chain of sectors is. */
  read(entry: Entry): Uint8Array;
}

export const compoundFileMagic = '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1';

const difatInHeader = 109;
const entryBytes = 128;
const maxSector = 0xfffffffa;
const noEntry = 0xffffffff;
const defaultMiniLimit = 4096;
/** Entries that are read: many times what a document has. */
const maxEntries = 100_000;
/** Names that a path has at most, since they are kept for each entry. */
const maxNames = 16;

export function readCompoundFile(bytes: Uint8Array, room: Room): CompoundFile {
  const sectorShift = u16(bytes, 30) === 12 ? 12 : 9;
  const sectorBytes = 1 << sectorShift;
  const miniBytes = 64;
  const miniLimit = u32(bytes, 56) === 0 ? defaultMiniLimit : u32(bytes, 56);
  const sectorCount = Math.ceil(Math.max(0, bytes.length - sectorBytes) / sectorBytes);

  const sectorAt = (sector: number) => (sector + 1) * sectorBytes;
  const fat = readFat();
  const entryBytesOfAll = gather(
    chain(u32(bytes, 48), fat, sectorCount, maxEntries * entryBytes),
    bytes,
    sectorAt,
    sectorBytes,
  );
  const all = readEntries();
  const root = all[0];
  const miniFat = wordsOf(gather(chain(u32(bytes, 60), fat, sectorCount, bytes.length), bytes, sectorAt, sectorBytes));
  const miniStream = root === undefined ? new Uint8Array(0) : readLarge(root.start, Math.max(root.size, 0));
  const miniCount = Math.ceil(miniStream.length / miniBytes);

  /** The sectors of the table of sectors. */
  function readFat(): Uint32Array {
    const sectors: number[] = [];
    for (let at = 0; at < difatInHeader; at += 1) sectors.push(u32(bytes, 76 + at * 4));
    let next = u32(bytes, 68);
    for (let steps = 0; next < maxSector && steps < sectorCount; steps += 1) {
      const from = sectorAt(next);
      if (from >= bytes.length) break;
      for (let at = 0; at < sectorBytes - 4; at += 4) sectors.push(u32(bytes, from + at));
      next = u32(bytes, from + sectorBytes - 4);
      if (sectors.length > sectorCount) break;
    }
    const table = new Uint32Array(sectorCount).fill(noEntry);
    let filled = 0;
    for (const sector of sectors) {
      if (filled >= sectorCount) break;
      if (sector >= maxSector) continue;
      const from = sectorAt(sector);
      for (let at = 0; at < sectorBytes && filled < sectorCount; at += 4) {
        table[filled] = from + at + 4 <= bytes.length ? u32(bytes, from + at) : noEntry;
        filled += 1;
      }
    }
    return table;
  }

  /** Follows a chain no further than its table is long: one with a cycle ends there. */
  function chain(start: number, table: Uint32Array, count: number, maxBytes: number, size = sectorBytes): number[] {
    const sectors: number[] = [];
    const most = Math.min(count, Math.ceil(maxBytes / size));
    for (let sector = start; sector < count && sectors.length < most; sector = table[sector] ?? noEntry) {
      sectors.push(sector);
    }
    return sectors;
  }

  function gather(
    sectors: readonly number[],
    from: Uint8Array,
    at: (sector: number) => number,
    size: number,
  ): Uint8Array {
    room.checkTime();
    const content = new Uint8Array(sectors.length * size);
    let length = 0;
    for (const sector of sectors) {
      const part = from.subarray(at(sector), at(sector) + size);
      content.set(part, length);
      length += part.length;
    }
    return content.subarray(0, length);
  }

  function readLarge(start: number, size: number): Uint8Array {
    return gather(chain(start, fat, sectorCount, size), bytes, sectorAt, sectorBytes).subarray(0, size);
  }

  function readEntries(): readonly (Entry & { readonly type: number; readonly links: readonly number[] })[] {
    const entries = [];
    for (let at = 0; at + entryBytes <= entryBytesOfAll.length && at < maxEntries * entryBytes; at += entryBytes) {
      const raw = entryBytesOfAll.subarray(at, at + entryBytes);
      const name = utf16(raw, 0, Math.min(64, Math.max(0, u16(raw, 64) - 2)));
      const type = raw[66] ?? 0;
      const links = [u32(raw, 68), u32(raw, 72), u32(raw, 76)];
      entries.push({
        name,
        path: [name],
        isStream: type === 2,
        type,
        links,
        start: u32(raw, 116),
        size: u32(raw, 120),
      });
    }
    return entries;
  }

  function sorted(): readonly Entry[] {
    const entries: Entry[] = [];
    const seen = new Set([0]);
    const waiting: { readonly index: number; readonly parents: readonly string[] }[] = [];
    const wait = (index: number, parents: readonly string[]) => {
      if (index >= all.length || seen.has(index)) return;
      seen.add(index);
      waiting.push({ index, parents });
    };
    wait(root?.links[2] ?? noEntry, []);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const entry = all[next.index];
      if (entry === undefined) continue;
      const [left = noEntry, right = noEntry, child = noEntry] = entry.links;
      const path = next.parents.length < maxNames ? [...next.parents, entry.name] : next.parents;
      if (entry.isStream || entry.type === 1) entries.push({ ...entry, path });
      if (!entry.isStream) wait(child, path);
      wait(right, next.parents);
      wait(left, next.parents);
    }
    for (const [index, entry] of all.entries()) {
      if (entry.isStream && !seen.has(index)) entries.push(entry);
    }
    return entries;
  }

  return {
    entries: sorted(),
    read({ size, start }) {
      if (size >= miniLimit) {
        room.checkTime();
        return readLarge(start, size);
      }
      const minis = chain(start, miniFat, miniCount, size, miniBytes);
      return gather(minis, miniStream, (sector) => sector * miniBytes, miniBytes).subarray(0, size);
    },
  };
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array(bytes.length >> 2);
  for (let at = 0; at < words.length; at += 1) words[at] = u32(bytes, at * 4);
  return words;
}
