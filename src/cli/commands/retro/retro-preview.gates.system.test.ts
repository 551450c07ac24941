import { createHash } from 'node:crypto';
import test from 'ava';
import { createPreviewCorpus } from '../../../testing/local/preview-corpus.ts';
import { ruleFor } from '../../../testing/local/test-target.ts';

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');
const md5 = (content: string) => createHash('md5').update(content).digest('hex');
const slowRule =
  'rule Slow { strings: $a = "slow" condition: $a and for all i in (0..1000000) : ( for all j in (0..1000000) : ( uint8(i % 4) >= 0 or uint8(j % 4) >= 0 ) ) }\n';

test('a noisy rule fails the gate, and a staged one does not', async (t) => {
  const cli = await createPreviewCorpus(t, { a: 'evil', b: 'good', c: 'bad' });
  await cli.write({ 'rearview.yaml': 'preview: { maxGained: 1 }\n' });
  const rule = (meta: string) =>
    `rule Noisy { ${meta} condition: filesize > 0 } rule Loud { ${meta} condition: filesize > 1 }`;
  await cli.write({ 'rules/noisy.yar': rule('') });
  const noisy = await cli.preview();
  t.is(noisy.code, 1);
  t.regex(
    noisy.stdout,
    /note +3 objects match that did not match before, [\d.]+ % of those scanned: preview\.maxGained allows 1\./,
  );
  t.like(await cli.section(), { verdict: 'failed' });
  await cli.write({ 'rules/noisy.yar': rule('meta: status = "staged"') });
  t.is((await cli.preview()).code, 0);
  t.like(await cli.section(), { verdict: 'passed' });
});

test('a content that a rule names by its hash must be matched wherever it is in the corpus', async (t) => {
  const cli = await createPreviewCorpus(t, { a: 'evil', b: 'vile' });
  const named = (...hashes: readonly string[]) =>
    ruleFor('Evil', 'vile', hashes.map((hash, index) => `hash${index} = "${hash}"`).join(' '));
  await cli.write({ 'rules/evil.yar': named(sha256('vile'), md5('vile'), sha256('elsewhere')) });
  t.is((await cli.preview()).code, 0);
  const states = async () => {
    const section = await cli.section();
    return section.section === 'preview' ? section.hashes.map(({ hash, state }) => [hash, state]) : null;
  };
  t.deepEqual(await states(), [
    [sha256('vile'), 'matched'],
    [md5('vile'), 'matched'],
    [sha256('elsewhere'), 'unchecked'],
  ]);
  await cli.write({ 'rules/evil.yar': named(sha256('vile'), sha256('evil')) });
  const { code, stdout } = await cli.preview();
  t.is(code, 1);
  t.true(stdout.includes(`missed    ${sha256('evil')}  evil.yar:Evil\n`));
  t.deepEqual((await states())?.[0], [sha256('evil'), 'missed']);
});

test('a sample is scanned on request or if the corpus is too large, together with contents that rules name', async (t) => {
  const files = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`${index}`, `file ${index}`]));
  const cli = await createPreviewCorpus(t, files);
  // The records know contents once they were scanned.
  t.is((await cli.run('retro', 'start')).code, 0);
  await cli.write({ 'rules/new.yar': ruleFor('New', 'file'), 'rearview.yaml': 'preview: { maxGained: null }\n' });
  const objects = async (...args: readonly string[]) => {
    const { code, stderr } = await cli.preview(...args);
    t.is(code, 0, stderr);
    const section = await cli.section();
    if (section.section !== 'preview') throw new Error(section.section);
    t.is(section.rules[0]?.now, section.objects);
    return { count: section.objects, sample: section.sample, stderr, hashes: section.hashes };
  };
  const some = await objects('--sample', '0.3');
  t.is(some.sample, 0.3);
  t.true(some.count > 0 && some.count < 60);
  t.regex(some.stderr, /a sample of 30 % of the corpus, about 18 of 60 objects/);
  t.is((await objects('--prefix', 'in/5')).count, 11);
  await cli.write({ 'rearview.yaml': 'preview: { maxObjects: 6, sample: 0.5, maxGained: null }\n' });
  const few = await objects();
  t.is(few.sample, 0.1);
  t.is((await objects('--sample', '1')).count, 60);
  const unplanned = await objects('--no-plan');
  t.is(unplanned.sample, 0.5);
  t.notRegex(unplanned.stderr, /about/);
  const named = Array.from({ length: 60 }, (_, index) => `hash${index} = "${sha256(`file ${index}`)}"`).join(' ');
  await cli.write({ 'rules/new.yar': ruleFor('New', 'file', named) });
  const all = await objects();
  t.is(all.count, 60);
  t.true(all.hashes.every(({ state }) => state === 'matched'));
});

test('a rule that makes scans run out of time is plain to see', async (t) => {
  const cli = await createPreviewCorpus(t, { a: 'slow', b: 'quick' });
  await cli.write({ 'rules/slow.yar': `${ruleFor('Quick', 'quick')}${slowRule}` });
  const { code, stdout } = await cli.preview('--timeout', '3000');
  t.is(code, 0);
  t.regex(stdout, /completed {2}unknown\n/);
  t.regex(stdout, /failed +timeout: 1, such as\n +corpus in\/a \(4 B/);
  t.regex(stdout, /note +1 object was not scanned to the end with only these rules \(timeout: 1\)/);
  t.regex(stdout, /note +The engine reports as slow: slow\.yar:Slow\. "rearview rules check" shows where\./);
  t.like(await cli.section(), {
    ...{ verdict: 'unknown', scanned: 1 },
    failed: [{ reason: 'timeout', objects: 1, examples: [{ bucket: 'corpus', key: 'in/a', size: 4 }] }],
  });
});

test('too many rules at once do not fail the gate, and the section reports why there is no preview', async (t) => {
  const cli = await createPreviewCorpus(t, { a: 'evil' });
  const many = Array.from({ length: 2001 }, (_, index) => `rule R${index} { condition: filesize == ${index} }`);
  await cli.write({ 'rules/many.yar': many.join('\n') });
  const { code, stdout } = await cli.preview();
  t.is(code, 0);
  t.regex(stdout, /^No preview: .*2,000 rules/);
  t.like(await cli.section(), { section: 'left', of: 'preview', verdict: 'unknown' });
});
