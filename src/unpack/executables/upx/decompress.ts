import { inflate } from '../../bytes/inflate.ts';
import { decompressLzma } from '../../bytes/lzma.ts';
import type { Output } from '../../bytes/output.ts';
import type { Room } from '../../types.ts';
import { decompressNrv, type NrvUnit, type NrvVariant } from './nrv.ts';

/** Methods of UPX ("conf.h"). */
const nrv: Readonly<Record<number, readonly [NrvVariant, NrvUnit]>> = {
  ...{ 2: ['b', 32], 3: ['b', 8], 4: ['b', 16] },
  ...{ 5: ['d', 32], 6: ['d', 8], 7: ['d', 16] },
  ...{ 8: ['e', 32], 9: ['e', 8], 10: ['e', 16] },
};
export const lzmaMethod = 14;
const deflateMethod = 15;

export function isKnownMethod(method: number): boolean {
  return method in nrv || method === lzmaMethod || method === deflateMethod;
}

/** @throws Error where it is damaged; the output has what comes before */
export function decompressUpx(data: Uint8Array, method: number, size: number, output: Output, room: Room): void {
  const variant = nrv[method];
  if (variant !== undefined) decompressNrv(data, output, ...variant);
  else if (method === deflateMethod) inflate(data, output, room, 'raw');
  else {
    const positionBits = (data[0] ?? 0) & 7;
    const literalPositionBits = (data[1] ?? 0) >> 4;
    const literalContextBits = (data[1] ?? 0) & 15;
    decompressLzma(data.subarray(2), output, { literalContextBits, literalPositionBits, positionBits }, size);
  }
}
