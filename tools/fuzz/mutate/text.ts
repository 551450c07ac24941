import type { Random } from '../random.ts';
import { numberTexts, texts } from './values.ts';

/** Material for a mutation. */
export interface TextSupply {
  readonly random: Random;
  /** Words of the language. */
  readonly words: readonly string[];
  /** Another input. */
  readonly other: string;
  /** Maximum result length, in UTF-16 code units. */
  readonly maxLength: number;
}

type Pair = readonly [open: string, close: string];

type TextMutation = (text: string, supply: TextSupply) => string;

const brackets: readonly [Pair, ...Pair[]] = [
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
  ['<a>', '</a>'],
  ['{"a":', '}'],
  ['[[', ']]'],
  ['not ', ''],
  ['- ', ''],
];

const mutations: readonly [TextMutation, ...TextMutation[]] = [
  (text, { random, words }) => splice(text, random.int(text.length + 1), 0, word(random, words)),
  (text, { random, words }) => splice(text, ...rangeOf(text, random), word(random, words)),
  (text, { random }) => splice(text, ...rangeOf(text, random), ''),
  (text, { random }) => splice(text, random.int(text.length), 1, random.pick([...texts])),
  (text, { random }) => splice(text, random.int(text.length), 1, String.fromCharCode(random.int(128))),
  (text, { random, other }) => splice(text, random.int(text.length + 1), 0, cut(other, random)),
  (text, { random, other }) => text.slice(0, random.int(text.length + 1)) + other.slice(random.int(other.length + 1)),
  (text, { random }) => splice(text, random.int(text.length + 1), 0, cut(text, random)),
  (text, { random }) => text.slice(0, random.int(text.length + 1)),
  replaceNumber,
  replaceWord,
  moveLine,
  repeat,
  nest,
];

/** Changes a text in one way. */
export function mutateText(text: string, supply: TextSupply): string {
  return supply.random.pick(mutations)(text, supply).slice(0, supply.maxLength);
}

function word(random: Random, words: readonly string[]): string {
  return (random.chance(0.7) ? random.pick(words) : undefined) ?? random.pick([...texts]);
}

function splice(text: string, at: number, length: number, instead: string): string {
  return text.slice(0, at) + instead + text.slice(at + length);
}

function rangeOf(text: string, random: Random): readonly [start: number, length: number] {
  const start = random.int(text.length);
  return [start, random.size(text.length - start)];
}

function cut(text: string, random: Random): string {
  const [start, length] = rangeOf(text, random);
  return text.slice(start, start + length);
}

function replaceNumber(text: string, { random }: TextSupply): string {
  const found = random.pick([...text.matchAll(/\d+/g)]);
  if (found === undefined) return splice(text, random.int(text.length + 1), 0, random.pick(numberTexts));
  return splice(text, found.index, found[0].length, random.pick(numberTexts));
}

function replaceWord(text: string, { random, words }: TextSupply): string {
  const all = [...text.matchAll(/\w+/g)];
  const [found, by] = [random.pick(all), random.pick(all)];
  if (found === undefined || by === undefined) return text;
  return splice(text, found.index, found[0].length, random.chance(0.5) ? by[0] : word(random, words));
}

function moveLine(text: string, { random }: TextSupply): string {
  const lines = text.split('\n');
  const [line = ''] = lines.splice(random.int(lines.length), 1);
  if (random.chance(0.3)) return lines.join('\n');
  lines.splice(random.int(lines.length + 1), 0, line, ...(random.chance(0.5) ? [line] : []));
  return lines.join('\n');
}

/** A repeated piece: finds code that takes too much time. */
function repeat(text: string, { random, words, maxLength }: TextSupply): string {
  const start = random.int(text.length);
  const short = text.slice(start, start + 1 + random.int(12));
  const piece = random.pick([short, short, cut(text, random), word(random, words), short + word(random, words)]) || ' ';
  const room = Math.max(0, maxLength - text.length);
  return splice(text, start, random.int(2), piece.repeat(Math.ceil(random.size(room) / piece.length)));
}

/** Nested brackets: finds unbounded recursion. */
function nest(text: string, { random, maxLength }: TextSupply): string {
  const [open, close] = random.pick(brackets);
  const depth = random.size((maxLength - text.length) / (open.length + close.length));
  const inside = random.chance(0.5) ? '' : cut(text, random).slice(0, 200);
  const closing = random.chance(0.8) ? close.repeat(Math.max(0, depth)) : '';
  return splice(text, ...rangeOf(text, random), open.repeat(Math.max(0, depth)) + inside + closing);
}
