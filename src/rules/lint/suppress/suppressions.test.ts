import test from 'ava';
import { parseSource } from '../../syntax/parse.ts';
import { suppressionsOf } from './suppressions.ts';

/** Each code with the text in which it is suppressed. */
function held(source: string): readonly (readonly [string, string | null])[] {
  return suppressionsOf(source, parseSource(source)).map(({ code, holds }) => {
    return [code, holds === null ? null : source.slice(holds.start, holds.end)] as const;
  });
}

test('comments apply where those of the engine do', (t) => {
  t.deepEqual(
    held(`
// suppress: foo
rule one { // suppress: bar
    // suppress: baz
    condition: true
}

// suppress: foo

/* of two
   lines */
rule two { strings: /* suppress: bar */ $a = { 00 01 } condition: true }
`),
    [
      ['foo', 'rule one { // suppress: bar\n    // suppress: baz\n    condition: true\n}'],
      ['bar', 'rule one {'],
      ['baz', 'condition: true'],
      ['foo', 'rule two { strings: /* suppress: bar */ $a = { 00 01 } condition: true }'],
      ['bar', 'rule two { strings:'],
    ],
  );
});

test('a comment above a pattern applies to all of its lines, one above an import to its line', (t) => {
  t.deepEqual(
    held('// suppress: x\nimport "pe"\nrule a {\n strings:\n // suppress: y\n $a = {\n 00 }\n condition: $a }'),
    [
      ['x', 'import "pe"'],
      ['y', '$a = {\n 00 }'],
    ],
  );
});

test('several codes and several comments apply, and one at the end has no effect', (t) => {
  t.deepEqual(held('// suppress: a, lint/b-c ,d e\n// suppress: f\nrule r { condition: true }\n// suppress: g'), [
    ['a', 'rule r { condition: true }'],
    ['lint/b-c', 'rule r { condition: true }'],
    ['d', 'rule r { condition: true }'],
    ['f', 'rule r { condition: true }'],
    ['g', null],
  ]);
});

test('texts, patterns and unfinished comments suppress nothing', (t) => {
  t.deepEqual(
    held('rule r { meta: a = "// suppress: a" strings: $a = /suppress: b/ condition: $a } /* suppress: c'),
    [],
  );
});

test('many comments, and many codes in one, are read in a single pass', (t) => {
  t.is(held(`// suppress: a${',a'.repeat(1_000_000)}\nrule r { condition: true }`).length, 1_000_001);
  t.is(held(`${'// suppress: a\n'.repeat(300_000)}rule r { condition: true }`).length, 300_000);
});
