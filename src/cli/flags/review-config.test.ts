import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { reviewConfigSchema } from '../../gates/review-config.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { readReviewConfig } from './review-config.ts';

const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
goodware: { places: { linux: *c } }
`;

test('problems of the configuration are reported with their place and key', async (t) => {
  const dir = tempFolder(t);
  for (const [text, expected] of [
    ['goodware:\n  place: 1\n', /^rearview\.yaml:2:3: error: goodware\.place is not a known key/],
    [
      'goodware:\nstaged: { soakDays: x }\n',
      /^rearview\.yaml:1:\d+: .*goodware must be an object, .*\nrearview\.yaml:2:11: .*staged\.soakDays must be a number, not "x"/,
    ],
    ['- 1\n', /^rearview\.yaml:1:1: error: The file must be an object/],
    ['goodware: [\n', /^rearview\.yaml:\d+:\d+: error: Invalid YAML/],
    ['staged: {}\nstaged: {}\n', /^rearview\.yaml:2:1: error: Invalid YAML/],
    ['unpack: { passwords: infected }\n', /^rearview\.yaml:1:11: error: unpack\.passwords must be a list of texts/],
    ['unpack: { maxDepth: 0 }\n', /^rearview\.yaml:1:11: error: unpack\.maxDepth/],
    ['unpack: { passwords: ["a\\n"] }\n', /unpack\.passwords.*must not have control characters/],
    [bomb, /^rearview\.yaml:1:4: error: .*anchor/],
  ] as const) {
    writeFileSync(join(dir, 'rearview.yaml'), text);
    const error = await t.throwsAsync(readReviewConfig({ cwd: dir }, undefined), { code: 'ERR_CONFIG' });
    t.regex(error.message, expected);
  }
});

test('without a file, the defaults apply, but a named file must exist', async (t) => {
  const dir = tempFolder(t);
  t.deepEqual(await readReviewConfig({ cwd: dir }, undefined), reviewConfigSchema.parse({}));
  writeFileSync(join(dir, 'rearview.yaml'), '# nothing yet\n');
  t.deepEqual(await readReviewConfig({ cwd: dir }, undefined), reviewConfigSchema.parse({}));
  await t.throwsAsync(readReviewConfig({ cwd: dir }, 'gone.yaml'), {
    code: 'ERR_CONFIG',
    message: /Cannot read .*gone\.yaml/,
  });
});
