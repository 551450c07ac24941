import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { externalsOf } from '../domain/externals.ts';
import { escapingConditions, imageWith } from '../testing/hostile-conditions.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { openTunedRules } from '../testing/tuned-rules.ts';
import { createScanPool } from './scan-pool.ts';

/** Enough of a condition for a hostile one to fit in its place. */
const sources = [
  {
    namespace: 'a.yar',
    source: `rule a { strings: $a = "abc" $b = "bcd" condition: $a or ${Array.from({ length: 40 }, (_, i) => `(#b == ${i} and @b[${i + 1}] > ${i})`).join(' or ')} }`,
  },
];

test('an image whose conditions reach for constructors through their imports runs nothing', async (t) => {
  const { image } = openTunedRules(sources);
  if (image === null) return t.fail();
  const mark = join(await tempFolder(t), 'ran');
  const script = `process.getBuiltinModule('node:fs').writeFileSync(${JSON.stringify(mark)},JSON.stringify(process.env))`;
  const pool = createScanPool({ workers: 1 });
  t.teardown(() => pool.close());
  const ruleset = { id: 'hostile', sources, image: imageWith(image, escapingConditions(script)) };
  const report = await pool.scan({ ruleset, bytes: new Uint8Array(Buffer.from('abc')), externals: externalsOf('x') });
  t.false(existsSync(mark));
  t.log(report);
});
