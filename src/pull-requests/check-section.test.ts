import test from 'ava';
import type { Diagnostic } from '../domain/rulesets/diagnostic.ts';
import { checkSection } from './check-section.ts';
import { reviewSectionSchema } from './section.ts';

const diagnostic = (severity: Diagnostic['severity'], text = 'a'): Diagnostic => {
  return { severity, code: text, message: text, file: text, line: 1, column: 2, rendered: text };
};
const counts = { files: 1, rules: 2, strict: false };

test('if there are more diagnostics than fit in a section, errors are kept first, and the rest is counted', (t) => {
  const warnings = Array.from({ length: 150 }, () => diagnostic('warning'));
  const errors = Array.from({ length: 100 }, () => diagnostic('error'));
  const section = checkSection({ ...counts, diagnostics: [...warnings, ...errors] });
  t.like(section, { verdict: 'failed', errors: 100, warnings: 150, omitted: 50 });
  t.is(section.diagnostics.length, 200);
  t.true(section.diagnostics.slice(0, 100).every(({ severity }) => severity === 'error'));
  t.notThrows(() => reviewSectionSchema.parse(section));
});

test('warnings fail the gate only if they count as errors', (t) => {
  const diagnostics = [diagnostic('warning')];
  t.is(checkSection({ ...counts, diagnostics }).verdict, 'passed');
  t.is(checkSection({ ...counts, diagnostics, strict: true }).verdict, 'failed');
  t.is(checkSection({ ...counts, diagnostics: [], strict: true }).verdict, 'passed');
});

test('long texts are cut to the bounds of the schema', (t) => {
  const section = checkSection({ ...counts, diagnostics: [diagnostic('error', '\u{1f9ea}'.repeat(5000))] });
  t.deepEqual(reviewSectionSchema.parse(section), section);
});
