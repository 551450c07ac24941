import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { externalsOf } from '../../../src/domain/rulesets/externals.ts';
import { openRules } from '../../../src/engine/compiled-rules.ts';
import { buildForScanning } from '../../../src/engine/image/build-for-scanning.ts';
import { captureImage, ImageError, type MemoryImage, restoreImage } from '../../../src/engine/image/memory-image.ts';
import { compiledEngineModule, isTrap } from '../../../src/engine/yara.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';

const headBytes = 8;
const maxMemoryBytes = 256 * 1024 * 1024;

/**
 * Memory in pages and address, then the uncompressed difference, so that mutations
 * reach its content.
 */
function toInput({ memoryBytes, rulesAddress, memory }: MemoryImage): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32LE(memoryBytes / 65_536);
  head.writeUInt32LE(rulesAddress, 4);
  return Buffer.concat([head, zstdDecompressSync(memory)]);
}

/** An image is restored or refused; its further effects stay in its engine. */
export const target: FuzzTarget = {
  name: 'ruleset-image',
  of: ['src/engine/image/memory-image.ts'],
  syntax: 'bytes',
  seeds: () => {
    const source = 'rule a { strings: $a = "needle" condition: $a and filesize < 100 }';
    const { engine, rules } = buildForScanning([{ namespace: 'a', source }], compiledEngineModule());
    return [toInput(captureImage(engine, rules, compiledEngineModule()))];
  },
  maxBytes: 2 * 1024 * 1024,
  run(input) {
    if (input.length < headBytes) return 'too short';
    const image: MemoryImage = {
      memoryBytes: input.readUInt32LE(0) * 65_536,
      rulesAddress: input.readUInt32LE(4),
      memory: new Uint8Array(zstdCompressSync(input.subarray(headBytes))),
    };
    try {
      const { engine, rules } = restoreImage(image, compiledEngineModule(), maxMemoryBytes);
      try {
        const matches = openRules(engine, rules, []).scan(Buffer.from('a needle'), externalsOf('a'));
        return `${matches.length} matches`;
      } catch (error) {
        // A dead engine is never called again.
        engine.dead = true;
        require(isTrap(error) || error instanceof Error, 'a scan ends with an error');
        return isTrap(error) ? 'trap' : 'error of the engine';
      }
    } catch (error) {
      if (error instanceof ImageError) return 'refused';
      throw error;
    }
  },
};
