import { isFiller } from '../../rule-tests/own-strings.ts';
import type { CommonText } from '../../rules/propose/common-texts.ts';
import { shortestText } from '../../rules/propose/extract-texts.ts';
import { leastPoints } from '../../rules/propose/rate-text.ts';
import type { DraftString } from '../../rules/propose/rule-draft.ts';

/** Strings of a proposed rule. */
const mostStrings = 10;
/** With fewer texts, byte sequences are added. */
const enoughTexts = 4;
const mostHex = 4;
/** More than a rule needs, since goodware has many of them. */
const mostCandidates = 400;

/** The strings to look for in goodware, best first. */
export function candidateStrings(texts: readonly CommonText[], bytes: readonly Uint8Array[]): readonly DraftString[] {
  const good = texts.filter(({ points }) => points >= leastPoints).slice(0, mostCandidates);
  return [
    ...good.map(({ text, encodings }): DraftString => ({ kind: 'text', text, encodings })),
    ...bytes.map((each): DraftString => ({ kind: 'hex', bytes: each })),
  ];
}

/**
 * Chooses the strings of a rule: the best texts, none of which is a part of another. Where there
 * are few, byte sequences are added.
 * @param rare the candidates that goodware does not have, best first
 */
export function chooseStrings(rare: readonly DraftString[]): readonly DraftString[] {
  const chosen: string[] = [];
  const texts = rare.filter((each) => {
    if (each.kind !== 'text' || chosen.length === mostStrings) return false;
    if (chosen.some((text) => text.includes(each.text) || each.text.includes(text))) return false;
    chosen.push(each.text);
    return true;
  });
  const hex = rare.filter(({ kind }) => kind === 'hex');
  return [...texts, ...(texts.length < enoughTexts ? hex.slice(0, mostHex) : [])];
}

/**
 * Shortens a string to two thirds, at a word if there is one, for a sample that has nothing else: a
 * test needs more than the strings of its rule.
 */
export function shortened(each: DraftString): DraftString {
  if (each.kind === 'hex') return { ...each, bytes: each.bytes.slice(0, Math.ceil((each.bytes.length * 2) / 3)) };
  const cut = each.text.slice(0, Math.ceil((each.text.length * 2) / 3));
  const words = cut.slice(0, Math.max(0, cut.lastIndexOf(' '))).trim();
  return { ...each, text: words.length >= shortestText ? words : cut.trim() };
}

/** Whether a sample has nothing but the strings, and what `isFiller` counts as nothing. */
export function isOnlyStrings(sample: Uint8Array, strings: readonly DraftString[]): boolean {
  const bytes = Buffer.from(sample);
  const covered = new Uint8Array(bytes.length);
  for (const found of strings.flatMap(bytesOf)) {
    for (let at = bytes.indexOf(found); at >= 0; at = bytes.indexOf(found, at + 1))
      covered.fill(1, at, at + found.length);
  }
  return bytes.every((byte, at) => covered[at] === 1 || isFiller(byte));
}

function bytesOf(each: DraftString): readonly Buffer[] {
  if (each.kind === 'hex') return [Buffer.from(each.bytes)];
  return each.encodings.map((encoding) => Buffer.from(each.text, encoding === 'wide' ? 'utf16le' : 'latin1'));
}
