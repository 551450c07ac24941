import { type ByteSet, byteSet } from '../scope/byte-set.ts';

const standard = [...Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')];
const bitsPerCharacter = 6;

/**
 * Returns the characters that the encoded text always has, for each of the three places that it may
 * have in what was encoded. The first and last character may depend on its neighbours: they are
 * left out.
 * @param modifier `base64` or `base64wide`, with the bytes of an alphabet as hex in brackets
 */
export function base64Forms(text: readonly number[], modifier: string): readonly (readonly ByteSet[])[] {
  const custom = /\(([0-9a-f]*)\)$/.exec(modifier)?.[1];
  const alphabet = custom === undefined ? standard : [...Buffer.from(custom, 'hex')];
  const isWide = modifier.startsWith('base64wide');
  return [0, 1, 2].map((offset) => {
    const bits = [...Array.from({ length: offset }, () => 0), ...text].flatMap((value) =>
      Array.from({ length: 8 }, (_, index) => (value >> (7 - index)) & 1),
    );
    const characters: ByteSet[] = [];
    const first = Math.ceil((offset * 8) / bitsPerCharacter);
    for (let at = first * bitsPerCharacter; at + bitsPerCharacter <= bits.length; at += bitsPerCharacter) {
      const index = bits.slice(at, at + bitsPerCharacter).reduce((sum, bit) => sum * 2 + bit, 0);
      characters.push(byteSet(alphabet[index] ?? 0), ...(isWide ? [byteSet(0)] : []));
    }
    return characters;
  });
}
