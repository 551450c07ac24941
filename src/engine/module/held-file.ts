/** A file in the memory of an engine, where it is scanned without a copy. */
export interface HeldFile {
  readonly length: number;
  /** The bytes, until the engine is called again: a view of its memory ends when the memory grows. */
  view(): Uint8Array<ArrayBuffer>;
}

/** The memory for a file. */
export interface HeldRoom {
  readonly file: HeldFile;
  /** Sets the length of the file. */
  shorten(length: number): void;
  /** Ends the file. May be called several times. */
  free(): void;
}

export type FileBytes = Uint8Array<ArrayBufferLike> | HeldFile;

/** The bytes of a file, as long as no engine is called. */
export function viewOf(file: FileBytes): Uint8Array<ArrayBufferLike> {
  return file instanceof Uint8Array ? file : file.view();
}

/**
 * Room at an address. Once it is free, nothing here refers to the memory: that of an engine that was
 * replaced can go.
 */
export function createHeldRoom(
  memory: WebAssembly.Memory,
  address: number,
  bytes: number,
  onFree: () => void,
): HeldRoom {
  let place: { readonly memory: WebAssembly.Memory; readonly onFree: () => void } | null = { memory, onFree };
  let length = bytes;
  const file = {
    get length() {
      return length;
    },
    view() {
      if (place === null) throw new Error('The file was freed.');
      return new Uint8Array(place.memory.buffer as ArrayBuffer, address >>> 0, length);
    },
  };
  return {
    file,
    shorten(to) {
      length = to;
    },
    free() {
      place?.onFree();
      place = null;
    },
  };
}
