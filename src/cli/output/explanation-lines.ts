import type {
  ExplainedInside,
  ExplainedOperand,
  ExplainedPart,
  ExplainedPattern,
  RuleExplanation,
} from '../../app/explain/explanation.ts';
import { insideText, renderPlace } from '../../domain/inside/inside.ts';
import { clip } from '../../pull-requests/clip.ts';
import { formatCount, type Paint, plural, safeText } from './output.ts';

/** Most characters of a rule's text on one line. */
const maxTextLength = 120;
const maxDataLength = 40;
const maxMatches = 3;
/** Most parts of one part that are shown. */
const maxParts = 12;
/** Most patterns without a match that are shown. */
const maxMissing = 12;

const marks = { true: '✓', false: '✗', undefined: '?' } as const;

/** The lines of an explanation. `path` is the file, for people. */
export function explanationLines(found: RuleExplanation, path: string, paint: Paint): readonly string[] {
  const { rule, matches, patterns, condition, needs, deciding } = found;
  const mark = matches ? paint('green', '✓') : paint('red', '✗');
  const what = matches ? 'matches' : 'does not match';
  return [
    `${mark} ${paint('bold', `${safeText(rule)} ${what} ${safeText(path)}`)}`,
    ...(patterns.length === 0 ? [] : ['', 'strings', ...patternLines(patterns, paint)]),
    '',
    'condition',
    ...partLines(condition, 1, paint),
    ...(needs.length === 0 ? [] : ['', 'other rules']),
    ...needs.map((each) => {
      const note = each.isGlobal ? ' (global: no rule of the file matches without it)' : '';
      return `  ${markOf(each.matches ? 'true' : 'false', paint)} ${safeText(each.rule)}${note}`;
    }),
    ...(found.matchLimitReached === undefined
      ? []
      : ['', 'A string matches more often than conditions see: counts and offsets may be wrong.']),
    '',
    deciding.length === 0
      ? 'decides: nothing, the condition is constant'
      : `decides: ${deciding.map((each) => safeText(clip(each, maxTextLength))).join('; ')}`,
    ...(found.inside === undefined ? [] : ['', ...insideLines(found.inside, paint)]),
  ];
}

function insideLines({ members, membersTotal, ...inside }: ExplainedInside, paint: Paint): readonly string[] {
  const [first] = members;
  if (first === undefined) return [`${insideText(inside)}: it matches none of them`];
  const rest = membersTotal - members.length;
  return [
    insideText(inside),
    ...members.map(({ place }) => `  ${markOf('true', paint)} matches ${safeText(renderPlace(place))}`),
    ...(rest === 0 ? [] : [`  … and ${plural(rest, 'more member')}`]),
    `explain a member with --member "${safeText(renderPlace(first.place))}"`,
  ];
}

function patternLines(patterns: readonly ExplainedPattern[], paint: Paint): readonly string[] {
  const missing = patterns.filter(({ total }) => total === 0);
  const hidden = new Set(patterns.length > maxParts ? missing.slice(maxMissing) : []);
  const width = Math.min(16, Math.max(...patterns.slice(0, 1000).map(({ identifier }) => identifier.length)));
  const lines = patterns
    .filter((each) => !hidden.has(each))
    .flatMap(({ identifier, text, total, matches }) => [
      `  ${markOf(total > 0 ? 'true' : 'false', paint)} ${safeText(identifier).padEnd(width)} = ${safeText(clip(text, maxTextLength))}`,
      ...matches
        .slice(0, maxMatches)
        .map(
          ({ offset, length, data }) =>
            `      ${paint('dim', `0x${offset.toString(16)} (${length})`)} ${safeText(clip(data, maxDataLength))}`,
        ),
      ...(total > maxMatches ? [`      ${paint('dim', `… ${formatCount(total)} matches in all`)}`] : []),
    ]);
  return hidden.size === 0 ? lines : [...lines, `  … ${plural(hidden.size, 'more string')} without a match`];
}

function partLines(part: ExplainedPart, depth: number, paint: Paint): readonly string[] {
  const indent = '  '.repeat(depth);
  const shown = shownParts(part.parts);
  const rest = part.parts.length - shown.length;
  const name =
    part.kind === 'and' || part.kind === 'or' || part.kind === 'not' ? part.kind : clip(part.text, maxTextLength);
  const notes = [
    ...(part.value === 'undefined' ? ['undefined'] : []),
    ...part.operands.flatMap((each) => operandText(each, part.text)),
  ];
  const values = notes.length === 0 ? '' : paint('dim', `  (${notes.map(safeText).join(', ')})`);
  const decides = part.decides && part.parts.length === 0 ? paint('cyan', '  ← decides') : '';
  return [
    `${indent}${markOf(part.value, paint)} ${safeText(name)}${values}${decides}`,
    ...shown.flatMap((each) => partLines(each, depth + 1, paint)),
    ...(rest === 0 ? [] : [`${indent}  … ${plural(rest, 'more part')}: none of them decides`]),
  ];
}

/** All of a few parts; of many, those that decide, in the order of the text, and some others. */
function shownParts(parts: readonly ExplainedPart[]): readonly ExplainedPart[] {
  if (parts.length <= maxParts) return parts;
  const some = [...parts.filter(hasDeciding), ...parts.filter((each) => each.value === 'true')];
  const chosen = new Set(some.slice(0, Math.max(maxParts, parts.filter(hasDeciding).length)));
  return parts.filter((each) => chosen.has(each));
}

function hasDeciding(part: ExplainedPart): boolean {
  return part.parts.length === 0 ? part.decides : part.parts.some(hasDeciding);
}

/** `filesize = 12345`; integers next to hexadecimal numbers also in hexadecimal. */
function operandText({ text, value }: ExplainedOperand, around: string): readonly string[] {
  if (value === null) return [];
  const isHex = /0x/i.test(around) && /^\d+$/.test(value);
  return [
    `${clip(text, maxDataLength)} = ${clip(value, maxDataLength)}${isHex ? ` = 0x${BigInt(value).toString(16)}` : ''}`,
  ];
}

function markOf(value: ExplainedPart['value'], paint: Paint): string {
  return paint(value === 'true' ? 'green' : value === 'false' ? 'red' : 'yellow', marks[value]);
}
