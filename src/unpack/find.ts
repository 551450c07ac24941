import { overlayHosts } from './executables/overlay.ts';
import type { Find } from './types.ts';

/** 0 if the content is of a format from its start. */
export const when = (fits: boolean): number | null => (fits ? 0 : null);

/** A search in content that has one of these bytes at the offset. It is the same function. */
export function marked(at: number, bytes: string, find: Find): Find {
  return Object.assign(find, { mark: { at, bytes } });
}

/** A search in content that starts with one of these bytes. */
export function startingWith(bytes: string, find: Find): Find {
  return marked(0, bytes, find);
}

/** Content that has a magic at an offset, and perhaps passes a check. */
export function magic(expected: string, offset = 0, check: (bytes: Buffer) => boolean = () => true): Find {
  return marked(offset, expected.slice(0, 1), (probe) => when(probe.has(expected, offset) && check(probe.bytes)));
}

export function anyOf(...finds: readonly Find[]): Find {
  const any: Find = (probe, earlier) => {
    for (const find of finds) {
      const at = find(probe, earlier);
      if (at !== null) return at;
    }
    return null;
  };
  const marks = finds.flatMap(({ mark }) => mark ?? []);
  const [first] = marks;
  // A mark has one offset.
  const isShared = marks.length === finds.length && marks.every(({ at }) => at === first?.at);
  return isShared ? marked(first?.at ?? 0, marks.map(({ bytes }) => bytes).join(''), any) : any;
}

/** A magic this many bytes before the end. */
export function fromEnd(expected: string, distance: number): Find {
  return marked(-distance, expected.slice(0, 1), (probe) =>
    when(probe.bytes.length >= distance && probe.has(expected, probe.bytes.length - distance)),
  );
}

/** Bytes of an overlay in which a magic is searched. */
const searchedOverlayBytes = 1024 * 1024;

/** A magic in the overlay of an executable or image, with `before` bytes of the format before it. */
export function inOverlay(expected: string, before = 0, searched = searchedOverlayBytes): Find {
  return startingWith(overlayHosts, ({ overlay, bytes }) => {
    if (overlay === null) return null;
    const at = bytes.subarray(0, overlay + searched).indexOf(expected, overlay + before, 'latin1');
    return at === -1 ? null : at - before;
  });
}
