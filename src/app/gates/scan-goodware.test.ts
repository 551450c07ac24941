import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createPathObjectReader } from '../../adapters/local/files/path-object-store.ts';
import { resolveRoot, walkPaths } from '../../adapters/local/files/walk-paths.ts';
import { encodePath } from '../../domain/objects/path-key.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { createScanPool } from '../../engine/pool/scan-pool.ts';
import type { GoodwareResult } from '../../pull-requests/goodware-section.ts';
import { buildRuleset } from '../../rules/ruleset.ts';
import { ruleFor } from '../../testing/local/test-target.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { createByteBudget } from '../analysis/byte-budget.ts';
import { scanGoodware } from './scan-goodware.ts';

const hash = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');

interface Given {
  readonly rules: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly tests?: Readonly<Record<string, string>>;
  /** Called before a file is scanned, with the folder and its path. */
  readonly before?: (dir: string, path: string) => void;
}

async function scan(t: ExecutionContext, { rules, files = {}, tests = {}, before }: Given): Promise<GoodwareResult> {
  const dir = tempFolder(t);
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  };
  mkdirSync(join(dir, 'files'));
  for (const [name, text] of Object.entries(files)) write(`files/${name}`, text);
  for (const [name, text] of Object.entries(tests)) write(`tests/${name}`, text);
  const sources = Object.entries(rules).map(([namespace, source]) => ({ namespace, source }));
  const ruleset = buildRuleset(sources, engineInfo());
  const pool = createScanPool({ workers: 1 });
  const reader = createPathObjectReader({ bucket: 'file', roots: [] });
  async function* listed() {
    for await (const { location, ...file } of walkPaths([await resolveRoot('files', dir)])) {
      before?.(dir, file.path);
      yield { ...file, reader, key: encodePath(location) };
    }
  }
  try {
    return await scanGoodware({
      ...{
        ruleset,
        rules: ruleset.rules,
        exceptions: [],
        roots: ['files'],
        testsDir: join(dir, 'tests'),
        nowMs: Date.now(),
      },
      ...{ files: listed(), pool, readAhead: 1, budget: createByteBudget(1e6), maxBytes: 1000, unpack: null },
      onProgress: () => undefined,
    });
  } finally {
    await pool.close();
  }
}

const statesOf = ({ hashes }: GoodwareResult) =>
  Object.fromEntries(hashes.map(({ rule, hash, state }) => [`${rule.replace('a.yar:', '')} ${hash.length}`, state]));

test('a file that vanishes before it is read affects only itself', async (t) => {
  const found = await scan(t, {
    rules: { 'a.yar': ruleFor('A', 'evil') },
    files: { a: 'evil', b: 'evil', c: 'good' },
    before: (dir, path) => path === 'files/b' && rmSync(join(dir, path)),
  });
  t.deepEqual([found.files, found.failing, [...found.unscanned]], [2, 1, [['gone', 1]]]);
});

test('a link that takes the place of a file is not followed', async (t) => {
  const found = await scan(t, {
    rules: { 'a.yar': ruleFor('A', 'evil') },
    files: { a: 'good' },
    before(dir, path) {
      writeFileSync(join(dir, 'elsewhere'), 'evil');
      rmSync(join(dir, path));
      symlinkSync('../elsewhere', join(dir, path));
    },
  });
  t.deepEqual([found.files, found.failing, [...found.unscanned]], [0, 0, [['not_a_regular_file', 1]]]);
});

test('a file with a hash that a rule names has to match, by whichever algorithm', async (t) => {
  for (const algorithm of ['md5', 'sha1', 'sha256']) {
    const named = (text: string) => `hash = "${hash(algorithm, text)}"`;
    const found = await scan(t, {
      rules: {
        'a.yar':
          ruleFor('Hit', 'evil', named('an evil')) +
          ruleFor('Miss', 'other', named('an evil')) +
          ruleFor('Not', 'x', named('nowhere')),
      },
      files: { a: 'an evil' },
    });
    const digits = hash(algorithm, '').length;
    t.deepEqual(statesOf(found), {
      [`Hit ${digits}`]: 'matched',
      [`Miss ${digits}`]: 'missed',
      [`Not ${digits}`]: 'unchecked',
    });
  }
});

test('samples of the tests of a rule are compared with its hashes, with their external variables', async (t) => {
  const rule = (name: string, condition: string, text: string) =>
    `rule ${name} { meta: sha1 = "${hash('sha1', text)}" strings: $a = "evil" condition: ${condition} }\n`;
  const found = await scan(t, {
    rules: {
      'a.yar':
        rule('Hit', '$a and filename == "x.php"', 'evil 1') +
        rule('Miss', '$a and filename == "x.asp"', 'evil 1') +
        rule('Gone', '$a', 'evil 2') +
        rule('Broken', '$a', 'evil 3'),
    },
    tests: {
      'a.yar.test.yaml': `tests:
  - { name: a, sample: { text: "evil 1" }, externals: { filepath: /var/x.php }, matches: [Hit] }
  - { name: b, sample: { file: nowhere }, matches: [] }
  - { name: c, sample: { hex: "${Buffer.from('other').toString('hex')}" }, matches: [] }
`,
    },
  });
  t.deepEqual(statesOf(found), {
    'Hit 40': 'matched',
    'Miss 40': 'missed',
    'Gone 40': 'unchecked',
    'Broken 40': 'unchecked',
  });
  t.is(found.files, 0, 'samples are no goodware');
});

test('a test file that cannot be read leaves hashes unchecked', async (t) => {
  const found = await scan(t, {
    rules: { 'a.yar': ruleFor('A', 'evil', `hash = "${hash('md5', 'evil')}"`) },
    tests: { 'a.yar.test.yaml': 'tests: {' },
  });
  t.deepEqual(statesOf(found), { 'A 32': 'unchecked' });
});
