import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A small generator of pseudo-random numbers (xorshift32), so that every run uses the same corpus.
 */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const words = [
  'the',
  'rule',
  'scan',
  'file',
  'of',
  'error',
  'GET /index.html',
  'import os',
  'function',
  '0x41',
  'https://example.invalid/',
];

/**
 * Writes `count` files of 100 bytes to 1 MB (spread evenly over the orders of magnitude): a third
 * text, a third random bytes, a third program-like bytes (headers, runs of zeros, tables, text).
 * Returns the number of bytes.
 */
export async function writeCorpus(dir: string, count: number): Promise<number> {
  const random = createRandom(20_261_124);
  let total = 0;
  for (let index = 0; index < count; index += 1) {
    const size = Math.round(100 * 10 ** (random() * 4));
    const content = contentOf(index, size, random);
    const folder = join(dir, String(index % 16));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${index}.bin`), content);
    total += content.length;
  }
  return total;
}

/** Text, random bytes, or program-like bytes, in turn. */
export function contentOf(index: number, size: number, random: () => number): Buffer {
  return [textOf, noiseOf, programOf][index % 3]?.(size, random) ?? Buffer.alloc(size);
}

function textOf(size: number, random: () => number): Buffer {
  let text = '';
  while (text.length < size) text += `${words[Math.floor(random() * words.length)]} `;
  return Buffer.from(text.slice(0, size));
}

function noiseOf(size: number, random: () => number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, () => Math.floor(random() * 256)));
}

function programOf(size: number, random: () => number): Buffer {
  const content = Buffer.alloc(size);
  content.write(random() < 0.5 ? '\x7fELF\x02\x01\x01' : 'MZ', 'latin1');
  for (let at = 64; at < size; at += 256) {
    const block = random() < 0.3 ? textOf(128, random) : random() < 0.7 ? noiseOf(192, random) : Buffer.alloc(0);
    block.copy(content, at);
  }
  return content;
}
