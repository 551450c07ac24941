import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { externalsOf } from '../domain/rulesets/externals.ts';
import type { RulesetImage } from '../domain/rulesets/ruleset.ts';
import { openEngineRules, testOrigin } from '../testing/rules/engine-rules.ts';
import { conditionsWith, escapingConditions, imageWith } from '../testing/rules/hostile-conditions.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { loadCheckedImage } from './loaded-ruleset.ts';
import { readSections } from './module/wasm-binary.ts';
import { createScanPool } from './pool/scan-pool.ts';
import type { ScanPoolOptions } from './types.ts';

/** Enough of a condition for a hostile one to fit in its place. */
const sources = [
  {
    namespace: 'a.yar',
    source: `rule a { strings: $a = "abc" $b = "bcd" condition: $a or ${Array.from({ length: 40 }, (_, i) => `(#b == ${i} and @b[${i + 1}] > ${i})`).join(' or ')} }`,
  },
];

const pooled = (t: ExecutionContext, image: RulesetImage, options: ScanPoolOptions = {}) => {
  const refused: string[] = [];
  const pool = createScanPool({ workers: 1, onImageRefused: (id, why) => refused.push(`${id}: ${why}`), ...options });
  t.teardown(() => pool.close());
  const scan = async () => {
    const bytes = new Uint8Array(Buffer.from('abc'));
    const report = await pool.scan({ ruleset: { id: 'given', sources, image }, bytes, externals: externalsOf('x') });
    return report.status === 'scanned' ? report.matches.map(({ rule }) => rule) : report;
  };
  return { scan, refused };
};

function soundImage(): RulesetImage {
  const { image } = openEngineRules(sources);
  if (image === null) throw new Error('No image was made.');
  return image;
}

test('an image whose conditions reach for constructors through their imports runs nothing, and the sources are compiled', async (t) => {
  const mark = join(tempFolder(t), 'ran');
  const script = `process.getBuiltinModule('node:fs').writeFileSync(${JSON.stringify(mark)},JSON.stringify(process.env))`;
  const { scan, refused } = pooled(t, imageWith(soundImage(), escapingConditions(script)));
  t.deepEqual(await scan(), ['a']);
  t.deepEqual(await scan(), ['a']);
  t.false(existsSync(mark));
  t.is(refused.length, 1);
  t.regex(refused[0] ?? '', /given: Invalid condition module: it imports the function "for\(.*…" of "__proto__"/);
});

test('conditions with a start function, a memory or imports of a wrong kind are refused', async (t) => {
  const image = soundImage();
  const refusal = (conditions: Uint8Array) =>
    t.throws(() => loadCheckedImage(imageWith(image, conditions), testOrigin))?.message ?? '';
  const plain = conditionsWith([]);
  // Additional sections: a start function after the exports, and a memory before them.
  t.regex(refusal(withSection(plain, 8, [0], 7)), /section of kind 8/);
  t.regex(refusal(withSection(plain, 5, [1, 0, 1], 3)), /section of kind 5/);
  const imported = (module: string, name: string, kind: 'function' | 'memory') =>
    refusal(conditionsWith([{ module, name, type: 1, kind }]));
  t.regex(imported('yara_x', 'filesize', 'function'), /imports the function "filesize" of "yara_x"/);
  t.regex(imported('yara_x', 'constructor', 'function'), /imports the function "constructor" of "yara_x"/);
  t.regex(imported('yara_x::wasm', 'constructor', 'function'), /"constructor" of "yara_x::wasm"/);
  t.regex(imported('yara_x::wasm', 'main_memory', 'memory'), /the memory "main_memory"/);
  t.regex(imported('__proto__', 'uint8@@', 'function'), /of "__proto__"/);
  t.regex(imported('yara_x::wasm', 'uint8@@', 'function'), /has no function uint8@@/);
  t.deepEqual(Object.keys(Object.prototype), []);
});

test('an image with an altered header or memory is refused once, and the sources are compiled', async (t) => {
  const image = soundImage();
  const memory = zstdDecompressSync(image.memory);
  const repacked = (change: (difference: Buffer) => Buffer) => ({
    memory: new Uint8Array(zstdCompressSync(change(Buffer.from(memory)))),
  });
  const runs = memory.readUInt32LE(0);
  const altered: readonly (readonly [string, Partial<RulesetImage>])[] = [
    ['rules elsewhere', { rulesAddress: image.rulesAddress + 4096 }],
    ['rules at the beginning', { rulesAddress: 4 }],
    ['rules beyond the memory', { rulesAddress: image.memoryBytes + 4 }],
    ['rules at no address', { rulesAddress: Number.NaN }],
    ['more memory than there may be', { memoryBytes: 4 * 1024 ** 3 }],
    ['less memory', { memoryBytes: 65_536 }],
    ['variables that there are not', { externals: ['constructor'] as unknown as RulesetImage['externals'] }],
    ['a run of endless length', repacked((bytes) => withNumber(bytes, 8, 0xffff_fff0))],
    ['runs without end', repacked((bytes) => withNumber(bytes, 0, 0xffff_ffff))],
    ['bytes of no run', repacked((bytes) => Buffer.concat([bytes, Buffer.alloc(9)]))],
    ['another memory', repacked((bytes) => bytes.fill(0x41, 4 + 8 * runs))],
    ['nothing but zeros', repacked((bytes) => bytes.fill(0, 4 + 8 * runs))],
  ];
  for (const [what, change] of altered) {
    const { scan, refused } = pooled(t, { ...image, ...change });
    t.deepEqual(await scan(), ['a'], what);
    t.deepEqual(await scan(), ['a'], what);
    t.is(refused.length, 1, what);
  }
});

test('an image that is a decompression bomb decompresses to no more than its memory', (t) => {
  const image = soundImage();
  const bomb = { ...image, memory: new Uint8Array(zstdCompressSync(Buffer.alloc(image.memoryBytes + 2 ** 20))) };
  t.throws(() => loadCheckedImage(bomb, testOrigin), { message: /its memory is damaged/ });
});

/** The module with an additional section, after the one of this kind. */
function withSection(module: Uint8Array, id: number, content: readonly number[], behind: number): Uint8Array {
  const before = readSections(module).find((each) => each.id === behind);
  if (before === undefined) throw new Error(`The module has no section ${behind}.`);
  const section = Uint8Array.of(id, content.length, ...content);
  return Buffer.concat([module.subarray(0, before.end), section, module.subarray(before.end)]);
}

function withNumber(bytes: Buffer, at: number, value: number): Buffer {
  bytes.writeUInt32LE(value, at);
  return bytes;
}
