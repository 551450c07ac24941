import test from 'ava';
import fc from 'fast-check';
import type { StagedProposal } from '../../gates/decide-staged.ts';
import { mark, nastyTexts } from '../../testing/github/arbitrary-section.ts';
import { readMarkdown } from '../../testing/github/read-markdown.ts';
import { renderStaged } from './render-staged.ts';

const limits = { soakDays: 14, maxTimes: 3, leastHits: 5 };
const plain: StagedProposal = {
  ...{ rule: 'a/b.yar:Rule', logicHash: 'a'.repeat(64), since: '2026-11-01T00:00:00.000Z', soakedDays: 15.5 },
  ...{ retro: { contents: 1, objects: 2 }, live: { contents: 3, objects: 4 }, isWhole: true, examples: [] },
  ...{ arrivedObjects: 12_345, rate: null, decision: 'promote', band: 5.5 },
};
const allowed = new Set(['h3', 'p', 'ul', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'strong', 'code']);
const ownText = /^(?:[\p{L}\p{N}\s,.;:()'’%$+/…–✅❌-]|⚠️)*$/u;

const hostile = fc.constantFrom(...nastyTexts).map((text) => `${mark}${text}`);
const counts = fc.record({ contents: fc.nat(), objects: fc.nat() });
const proposal: fc.Arbitrary<StagedProposal> = fc.record({
  ...{ rule: hostile, logicHash: hostile, since: hostile, soakedDays: fc.double({ min: 0, max: 1e6, noNaN: true }) },
  ...{ retro: counts, live: counts, isWhole: fc.boolean(), arrivedObjects: fc.nat() },
  examples: fc.array(
    fc.record({ sha256: hostile, filepath: hostile, firstSeenAt: hostile, lastSeenAt: hostile, objects: fc.nat() }),
    { maxLength: 10 },
  ),
  rate: fc.option(
    fc.record({ from: fc.constantFrom('preview', 'retro'), scanId: hostile, hits: fc.nat(), objects: fc.nat() }),
  ),
  decision: fc.constantFrom('promote', 'remove', 'soaking'),
  band: fc.double({ min: 0, max: 1e12, noNaN: true }),
});
const configs = fc.record({
  soakDays: fc.double({ min: 1e-7, max: 1e6, noNaN: true }),
  maxTimes: fc.double({ min: 1, max: 1e6, noNaN: true }),
  leastHits: fc.nat(),
});

test('whatever the names of a rule and a file, only our own elements appear, and text from outside is in <code>', (t) => {
  fc.assert(
    fc.property(proposal, configs, fc.constantFrom('promote', 'remove'), (rule, config, kind) => {
      const markdown = renderStaged(rule, { kind, rearview: 'rearview', limits: config });
      const read = readMarkdown(markdown);
      t.deepEqual(
        [...read.blocks].filter((type) => type !== 'html' && type !== 'space'),
        [],
      );
      t.deepEqual(
        [...read.elements].filter((element) => !allowed.has(element)),
        [],
      );
      t.deepEqual(read.comments, []);
      t.regex(read.text, ownText);
      t.false(read.text.includes(mark));
      t.true(markdown.length < 65_536);
    }),
    { numRuns: 200 },
  );
});

test('the longest names fit into a pull request', (t) => {
  const long = '\u{1d54f}<'.repeat(5000);
  const example = { ...{ sha256: 'a'.repeat(64), filepath: long, firstSeenAt: long, lastSeenAt: long }, objects: 1 };
  const rule = { ...plain, rule: long, examples: Array.from({ length: 10 }, () => example) };
  t.true(renderStaged(rule, { kind: 'promote', rearview: 'rearview', limits }).length < 65_536);
});

const textOf = (rule: StagedProposal, kind: 'promote' | 'remove' = 'promote') =>
  readMarkdown(renderStaged(rule, { kind, rearview: 'rearview', limits })).text.replace(/\s+/g, ' ');

test('the evidence is reported: days, matches in earlier and new objects, and the band with its source', (t) => {
  const text = textOf(plain);
  for (const part of [
    '15 days of 14 days',
    '4 objects, 3 contents',
    '2 objects, 1 content',
    '12,345',
    'up to 5 objects',
  ]) {
    t.true(text.includes(part), part);
  }
  t.true(text.includes('no preview or retro scan shows what to expect'));
  t.false(text.includes('Do not merge this now'));
  const preview = { ...plain, rate: { from: 'preview', scanId: 'preview-1', hits: 7, objects: 900 } as const };
  t.regex(
    textOf(preview),
    /3 times the share that found \(7 of 900 objects matched\) of the arriving objects; at least 5/,
  );
  t.notRegex(textOf(preview), /are used instead/);
  t.regex(textOf({ ...preview, rate: { ...preview.rate, from: 'retro' } }), /was not previewed: .* are used instead/);
  t.regex(textOf({ ...plain, isWhole: false }), /at least 4 objects/);
});

test('a pull request that is not due any more reports it on top', (t) => {
  t.regex(textOf({ ...plain, decision: 'remove' }), /^✅ ⚠️ Do not merge this now: the rule now matches more/);
  t.regex(textOf({ ...plain, decision: 'soaking' }, 'remove'), /Do not merge this now: the rule needs more time/);
});

test('the command to copy has the rule as one word, whatever the name of its file', (t) => {
  const commandFor = (rule: string) =>
    readMarkdown(renderStaged({ ...plain, rule }, { kind: 'promote', rearview: 'rearview', limits })).quoted.find(
      (text) => text.startsWith('rearview matches list'),
    );
  t.is(commandFor('a/b.yar:Rule'), 'rearview matches list --rule a/b.yar:Rule');
  t.is(commandFor("a'; $(id) #.yar:Rule"), `rearview matches list --rule 'a'\\''; $(id) #.yar:Rule'`);
});

test('examples are reported with hash, path, and when they were seen', (t) => {
  const example = {
    sha256: 'c'.repeat(64),
    filepath: 'in/x',
    firstSeenAt: '2026-11-02',
    lastSeenAt: '2026-11-03',
    objects: 2,
  };
  const { quoted } = readMarkdown(
    renderStaged({ ...plain, examples: [example] }, { kind: 'promote', rearview: 'rearview', limits }),
  );
  for (const part of [example.sha256, 'in/x', '2026-11-02', '2026-11-03']) t.true(quoted.includes(part), part);
});
