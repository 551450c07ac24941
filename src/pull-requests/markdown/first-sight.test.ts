import { readdir, readFile } from 'node:fs/promises';
import test from 'ava';
import { readMarkdown } from '../../testing/github/read-markdown.ts';
import { parseSection } from '../parse-section.ts';
import { defaultBase, type Review } from '../review.ts';
import type { ReviewSection, SectionOf } from '../section.ts';
import { renderReview } from './render-review.ts';

/** The sections of the image in the README. */
const folder = new URL('../../../tools/comment-image/sections/', import.meta.url);

async function recorded(): Promise<readonly ReviewSection[]> {
  const read = async (file: string) => {
    const section = parseSection(file.split(/[-.]/)[0] ?? '', await readFile(new URL(file, folder)));
    if (typeof section === 'string') throw new Error(section);
    return section;
  };
  return Promise.all((await readdir(folder)).map(read));
}

const reviewOf = (sections: readonly ReviewSection[]): Review => ({
  ...{ headSha: 'c'.repeat(40), runUrl: null, runConclusion: 'failure', missing: [], refused: [], ownChecks: [] },
  ...{ bases: defaultBase, areFilesKnown: true, isOfNoRules: false, isOutdated: false, sections },
});

/** The text that is seen before anything is unfolded, code included. */
function firstSight(sections: readonly ReviewSection[], maxLength = 65_000): string {
  const { markdown } = renderReview(reviewOf(sections), maxLength);
  const read = readMarkdown(folded(markdown).replace(/<\/?(?:code|pre)>/g, ' '));
  return read.text.replace(/\s+/g, ' ');
}

/** Keeps only the summary of what is folded, the innermost first. */
function folded(markdown: string): string {
  const next = markdown.replace(/<details>\s*(<summary>.*<\/summary>)(?:(?!<details>)[\s\S])*?<\/details>/, '$1');
  return next === markdown ? markdown : folded(next);
}

function positions(text: string, parts: readonly string[]): readonly number[] {
  return parts.map((part) => text.indexOf(part));
}

test('a reviewer sees the verdict with the rules, then removed detection, failed gates, changed rules, and the rest folded', async (t) => {
  const text = firstSight(await recorded());
  const parts = [
    '❌ 2 checks failed (cost, goodware)',
    'Script_Windows_LOLBin_Download costs 127.1 times a plain text (budget 30); slowest string $certutil',
    'Script_Decode_And_Run matches 11 of 130,493 files, 0.00843 %',
    'Removed detection',
    'Script_HTML_Smuggling (removed, severity medium ) has found 1 object so far, for example corpus/mail/2026/11/shipping-notice.html',
    '❌ Goodware linux rule',
    '$decode: base64 -d',
    '/usr/bin/apt-key',
    'If the rule is right: 11 exceptions to paste',
    'Changed rules',
    'filesize < 1MB and all of them → filesize < 1MB and 4 of them',
    '0 → 3',
    '✅ Rules compile',
    '✅ Retro preview',
  ];
  const found = positions(text, parts);
  t.deepEqual(
    parts.filter((_, at) => found[at] === -1),
    [],
    text,
  );
  t.deepEqual(
    found,
    found.toSorted((a, b) => a - b),
    text,
  );
  t.true(text.length < 2500, `${text.length} characters are more than a reviewer reads in ten seconds`);
});

test('an exception for a single file is ready to be copied, without unfolding anything', async (t) => {
  const sections = (await recorded()).map((each): ReviewSection => {
    if (each.section !== 'goodware') return each;
    const [rule] = each.byRule ?? [];
    if (rule === undefined) return each;
    const few = { ...rule, failing: 1, examples: rule.examples.slice(0, 1) };
    return { ...each, failing: 1, hits: each.hits.slice(0, 1), byRule: [few] };
  });
  const text = firstSight(sections);
  t.true(text.includes('- rule: "script/decode-and-run.yar:Script_Decode_And_Run" sha256: 88c43d1b'), text);
});

test('a rule that loses matches is removed detection, also if it was only edited or a preview is missing', async (t) => {
  const sections = await recorded();
  const edited = sections.map((each): ReviewSection => {
    if (each.section !== 'preview') return each;
    return {
      ...each,
      rules: each.rules.map((rule) =>
        rule.rule.endsWith('Hidden_Encoded') ? { ...rule, before: 5, now: 1, lost: 4 } : rule,
      ),
    };
  });
  t.regex(
    firstSight(edited),
    /Script_PowerShell_Hidden_Encoded \(changed\) has found 5 objects so far, and no longer finds 4 of them.*Script_HTML_Smuggling \(removed/,
  );
  const without = sections.filter(({ section }) => section !== 'preview');
  t.regex(firstSight(without), /Script_HTML_Smuggling \(removed, .*\) may have found something: there is no preview/);
});

test('rules that share a name are told apart by their namespaces', (t) => {
  const change = {
    ...({ kind: 'logic', from: null, scope: 'broader' } as const),
    ...{ what: ['condition changed'], dependents: [], texts: [] },
  };
  const diff: SectionOf<'diff'> = {
    ...{ schema: 1, section: 'diff', verdict: 'passed', omitted: 0, unchanged: 0, toScan: 2 },
    changes: ['a.yar:Same', 'b.yar:Same', 'c.yar:Other'].map((rule) => ({ ...change, rule })),
  };
  const text = firstSight([diff]).split('Changes')[0] ?? '';
  t.true(text.includes('a.yar:Same') && text.includes('b.yar:Same'), text);
  t.false(text.includes('c.yar'), text);
});

test('a failed check and failed tests name their rules, and show a few messages at once', (t) => {
  const place = { file: 'rules/a.yar', line: 3, column: 7 };
  const check: SectionOf<'check'> = {
    ...{ schema: 1, section: 'check', verdict: 'failed', files: 1, rules: 0, errors: 30, warnings: 0, omitted: 0 },
    diagnostics: Array.from({ length: 30 }, (_, at) => ({
      ...{ severity: 'error' as const, code: 'E001', message: `syntax error ${at}` },
      ...place,
    })),
  };
  const tests: SectionOf<'tests'> = {
    ...{ schema: 1, section: 'tests', verdict: 'failed', passed: 0, failed: 1, untested: ['a.yar:Bare'], omitted: 0 },
    failures: [{ rule: 'a.yar:Rule', test: 'a sample', message: 'It did not match.', ...place }],
  };
  const text = firstSight([check, tests]);
  t.regex(text, /rules\/a\.yar:3:7 syntax error 0 .*27 more/);
  t.regex(text, /Tests of the rules: Rule , test a sample/);
  t.regex(text, /Bare lacks a test/);
  t.regex(text, /syntax error 9 .*20 more in the details below/);
  t.false(text.includes('syntax error 11'));
});
