import type { TextEncoding } from './extract-texts.ts';

/** A string of a proposed rule. */
export type DraftString =
  | { readonly kind: 'text'; readonly text: string; readonly encodings: readonly TextEncoding[] }
  | { readonly kind: 'hex'; readonly bytes: Uint8Array };

/** Everything that a proposed rule says. */
export interface RuleDraft {
  readonly name: string;
  /** Values by key, in order; keys may repeat. */
  readonly meta: readonly (readonly [string, string])[];
  readonly strings: readonly DraftString[];
  /** Parts of the condition before the strings. */
  readonly guards: readonly string[];
}

/** Writes a rule: of up to three strings it needs all, and of more, three in five. */
export function formatRule({ name, meta, strings, guards }: RuleDraft): string {
  const needed = strings.length <= 3 ? 'all' : String(Math.ceil(strings.length * 0.6));
  const counts = { text: 0, hex: 0 };
  const lines = strings.map(asText).map((each) => {
    counts[each.kind] += 1;
    return each.kind === 'text'
      ? `    $s${counts.text} = ${quoted(each.text)}${modifiers(each.encodings)}`
      : `    $h${counts.hex} = { ${hexOf(each.bytes)} }`;
  });
  return [
    `rule ${name} {`,
    '  meta:',
    ...meta.map(([key, value]) => `    ${key} = ${quoted(value)}`),
    '  strings:',
    ...lines,
    '  condition:',
    `    ${[...guards, `${needed} of them`].join(' and\n    ')}`,
    '}',
    '',
  ].join('\n');
}

/** The engine warns of a hex pattern that is ASCII without zeros: `text_as_hex`. */
function asText(each: DraftString): DraftString {
  if (each.kind === 'text' || each.bytes.some((byte) => byte === 0 || byte > 0x7f)) return each;
  return { kind: 'text', text: Buffer.from(each.bytes).toString('latin1'), encodings: ['ascii'] };
}

function modifiers(encodings: readonly TextEncoding[]): string {
  return encodings.includes('wide') ? ` ${encodings.join(' ')}` : '';
}

/** Writes a text as a literal of a rule, whatever it contains. */
export function quoted(text: string): string {
  const escaped = Array.from(text, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`;
    if (character === '\t') return '\\t';
    // Names of people have any letters; other characters may be invisible.
    if (/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character)) return character;
    return Array.from(Buffer.from(character), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  });
  return `"${escaped.join('')}"`;
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');
}
