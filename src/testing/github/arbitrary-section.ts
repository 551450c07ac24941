import fc from 'fast-check';
import * as z from 'zod';
import { type ReviewSection, reviewSectionSchema } from '../../pull-requests/section.ts';

/**
 * Texts that an attacker might put into a rule, a test or a file name to inject markup into a page
 * of GitHub.
 */
export const nastyTexts: readonly string[] = [
  ...[
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '</details></table><h1>all is well</h1>',
    '<a href="//x">y</a>',
  ],
  ...[
    '-->',
    '<!-- rearview:review run=9 -->',
    '<!--',
    '</code>',
    '</pre>\n\n# heading',
    ']]>',
    '<?php ?>',
    '<![CDATA[x]]>',
  ],
  ...[
    '`code`',
    '```\nfence\n```',
    '**bold**',
    '_it_',
    '~~gone~~',
    '[text](https://evil.example)',
    '![i](https://evil.example/i.png)',
  ],
  ...[
    '| a | b |\n|---|---|',
    '# heading',
    '- item',
    '1. item',
    '> quote',
    '---',
    '    indented',
    '\n\nnew paragraph\n\n',
  ],
  ...[
    '@octocat',
    '@org/team',
    'me@evil.example',
    '#1',
    'octo/rules#1',
    'GH-1',
    '0123456789abcdef0123456789abcdef01234567',
  ],
  ...['https://evil.example', 'www.evil.example', 'ftp://evil.example', '<https://evil.example>', 'mailto:a@b.example'],
  ...[
    '&lt;b&gt;',
    '&#60;b&#62;',
    '&copy',
    '\\<b>',
    '$\\sqrt{1}$',
    '$$x$$',
    ':tada:',
    '[^1]: note',
    '[x]: https://evil.example',
  ],
  ...[
    '\u202egpj.exe',
    '\u200b',
    '\u0000',
    '\u001b[31m',
    '\r\n::error::x',
    '\ufeff',
    '\ud800',
    '\u2028',
    'ﷺ',
    '𝕏',
    '\u00a0',
  ],
];

/** Begins the texts of sections, so that a test recognizes them. */
export const mark = 'Zq9';

const nasty = fc.oneof(
  fc.constantFrom(...nastyTexts),
  fc.tuple(fc.constantFrom(...nastyTexts), fc.constantFrom(...nastyTexts)).map(([a, b]) => `${a}${b}`),
  fc.constantFrom(...nastyTexts).map((text) => `${mark}${text}`),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

/** Any section that its schema accepts, with hostile texts in every field. */
export const arbitrarySection: fc.Arbitrary<ReviewSection> = fromSchema(
  z.toJSONSchema(reviewSectionSchema, { io: 'output' }),
).map((value) => reviewSectionSchema.parse(value));

type Schema = Readonly<Record<string, unknown>>;

/** Values of a JSON Schema, limited to what zod generates. */
function fromSchema(schema: Schema): fc.Arbitrary<unknown> {
  const choices = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])];
  if (choices.length > 0) return fc.oneof(...choices.map(fromSchema));
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...schema['enum']);
  switch (schema['type']) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.nat(2 ** 31);
    case 'number':
      return fc.double({ min: 0, max: numberOf(schema['maximum']) ?? 1e12, noNaN: true });
    case 'array':
      return fc.array(fromSchema(asSchema(schema['items'])), {
        maxLength: Math.min(3, numberOf(schema['maxItems']) ?? 3),
      });
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(asSchema(schema['properties'])).map(([name, each]) => [name, fromSchema(asSchema(each))]),
        ),
      );
    default:
      return textOf(schema);
  }
}

function textOf(schema: Schema): fc.Arbitrary<string> {
  if (schema['format'] === 'date-time') return fc.constantFrom('2026-01-31T10:20:30Z', '2026-11-25T23:59:59.123Z');
  if (schema['pattern'] === '^[0-9a-f]{64}$') return fc.constantFrom('a'.repeat(64), '0123456789abcdef'.repeat(4));
  return nasty.map((text) => text.slice(0, numberOf(schema['maxLength']) ?? 100));
}

function listOf(value: unknown): readonly Schema[] {
  return Array.isArray(value) ? value.map(asSchema) : [];
}

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
