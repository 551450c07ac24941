import test from 'ava';
import { parseSources } from '../../rules/sources/read-sources.ts';
import { findUnusedFilePatterns, findUnusedPatterns } from './find-unused-patterns.ts';

function sourceOf(settings: string) {
  const [source] = parseSources('sources.yaml', `sources:\n  p: { url: https://example.com/p, ${settings} }\n`);
  if (source === undefined) throw new Error('no source');
  return source;
}
const files = [
  { path: 'a.yar', content: Buffer.from('rule SUSP_One : tag_a { condition: true } rule APT { condition: true }') },
];

test('a pattern of rules or tags that fits nothing is reported with its key', (t) => {
  const source = sourceOf(
    'rules: { include: ["*", Gone], exclude: [SUSP_*, susp_*] }, tags: { exclude: [tag_a, "tag_b*"] }',
  );
  t.deepEqual(findUnusedPatterns(source, files), [
    'rules.include: "Gone" fits no rule: correct or remove it',
    'rules.exclude: "susp_*" fits no rule: correct or remove it',
    'tags.exclude: "tag_b*" fits no tag: correct or remove it',
  ]);
  t.deepEqual(findUnusedPatterns(sourceOf('rules: { exclude: [APT] }'), files), []);
});

test('a pattern of files that fits no path of the repository is reported with its key', (t) => {
  const source = sourceOf('files: { include: [yara/], exclude: ["*_old.yar", gone/] }');
  t.deepEqual(findUnusedFilePatterns(source, ['yara/a.yar', 'yara/b_old.yar']), [
    'files.exclude: "gone/" fits no file: correct or remove it',
  ]);
});
