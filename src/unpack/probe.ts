import { findStarts } from './archives/starts.ts';
import { bufferOf, hasAt, latin1 } from './bytes/read.ts';
import { findOverlay } from './executables/overlay.ts';
import type { ArchiveStarts, Probe } from './types.ts';

const headBytes = 4096;

export function createProbe(bytes: Uint8Array): Probe {
  return new ContentProbe(bytes);
}

/** A class: one is made for each file, and closures take several times as long. */
class ContentProbe implements Probe {
  readonly bytes: Buffer;
  #head: string | undefined;
  #overlay: number | null | undefined;
  #starts: ArchiveStarts | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bufferOf(bytes);
  }

  has(expected: string, offset = 0): boolean {
    return hasAt(this.bytes, expected, offset);
  }

  get head(): string {
    this.#head ??= latin1(this.bytes, 0, headBytes);
    return this.#head;
  }

  get overlay(): number | null {
    if (this.#overlay === undefined) this.#overlay = findOverlay(this.bytes);
    return this.#overlay;
  }

  get starts(): ArchiveStarts {
    this.#starts ??= findStarts(this.bytes);
    return this.#starts;
  }
}
