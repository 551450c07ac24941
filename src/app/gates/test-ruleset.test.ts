import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { buildImage } from '../../engine/build-image.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { buildRuleset } from '../../rules/ruleset.ts';
import { testedRule } from '../../testing/cli/run-cli.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { testRuleset } from './test-ruleset.ts';

async function setUp(t: Parameters<typeof tempFolder>[0]) {
  const dir = tempFolder(t);
  const files = testedRule('Evil', 'evil');
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  const source = files['rules/evil.yar'] ?? '';
  const imageOf = async (text: string) => {
    const image = await buildImage([{ namespace: 'evil.yar', source: text }]);
    if (image === null) throw new Error('There is no image.');
    return image;
  };
  const ruleset = buildRuleset([{ namespace: 'evil.yar', source }], engineInfo());
  return { ruleset, source, imageOf, testsDir: join(dir, 'rule-tests') };
}

test('the tests run on the image, not on the sources that it was made of', async (t) => {
  const { ruleset, source, imageOf, testsDir } = await setUp(t);
  t.like(await testRuleset({ ...ruleset, image: await imageOf(source) }, { testsDir }), { failed: 0 });
  const other = await imageOf(source.replace('"evil"', '"another"'));
  const { failed } = await testRuleset({ ...ruleset, image: other }, { testsDir });
  t.is(failed, 1);
});

test('an image that the engine refuses fails, because it would be published untested', async (t) => {
  const { ruleset, source, imageOf, testsDir } = await setUp(t);
  const image = await imageOf(source);
  for (const wrong of [
    { ...image, engineSha256: '0'.repeat(64) },
    { ...image, memory: image.memory.subarray(0, 1000) },
  ]) {
    await t.throwsAsync(testRuleset({ ...ruleset, image: wrong }, { testsDir }), { code: 'ERR_RULESET_UNUSABLE' });
  }
});
