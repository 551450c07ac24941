import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { externalsOf } from '../../../src/domain/rulesets/externals.ts';
import { openRules } from '../../../src/engine/compiled-rules.ts';
import { buildForScanning } from '../../../src/engine/image/build-for-scanning.ts';
import { captureImage, ImageError, type MemoryImage, restoreImage } from '../../../src/engine/image/memory-image.ts';
import { compiledEngineModule, engineRemedies, isTrap, startEngine } from '../../../src/engine/yara.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';

const headBytes = 12;
const module = () => compiledEngineModule(256 * 1024 * 1024);

/**
 * Memory in pages, references and address, then the uncompressed difference, so that mutations
 * reach its content.
 */
function toInput({ memoryBytes, references, rulesAddress, memory }: MemoryImage): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32LE(memoryBytes / 65_536);
  head.writeUInt32LE(references, 4);
  head.writeUInt32LE(rulesAddress, 8);
  return Buffer.concat([head, zstdDecompressSync(memory)]);
}

/** An image is restored or refused; its further effects stay in its engine. */
export const target: FuzzTarget = {
  name: 'ruleset-image',
  of: ['src/engine/image/memory-image.ts'],
  syntax: 'bytes',
  seeds: () => {
    const source = 'rule a { strings: $a = "needle" condition: $a and filesize < 100 }';
    const { engine, rules } = buildForScanning([{ namespace: 'a', source }], module(), engineRemedies());
    return [toInput(captureImage(engine, rules, module()))];
  },
  maxBytes: 2 * 1024 * 1024,
  run(input) {
    if (input.length < headBytes) return 'too short';
    const image: MemoryImage = {
      memoryBytes: input.readUInt32LE(0) * 65_536,
      references: input.readUInt32LE(4),
      rulesAddress: input.readUInt32LE(8),
      baseSha256: baseSha256(),
      memory: new Uint8Array(zstdCompressSync(input.subarray(headBytes))),
    };
    try {
      const { engine, rules } = restoreImage(image, module());
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

let base: string | undefined;
function baseSha256(): string {
  if (base !== undefined) return base;
  const memory = startEngine(module()).exports?.['memory'];
  require(memory instanceof WebAssembly.Memory, 'an engine has a memory');
  base = createHash('sha256').update(new Uint8Array(memory.buffer)).digest('hex');
  return base;
}
