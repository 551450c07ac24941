import type { RulesProfile } from '../../app/profile/profile-rules.ts';

const rowHeight = 22;
const labelWidth = 390;
const barsWidth = 460;
const valueWidth = 190;
const top = 84;
const mostRows = 40;
/** Keeps a text readable above a line. */
const halo = 'stroke="#ffffff" stroke-width="4" paint-order="stroke"';
const mostLabel = 50;

/**
 * Draws the slowest rules as an SVG picture: a bar for each, as a multiple of the reference on a
 * logarithmic scale, with lines for the median and the budget. Dark on white.
 * @param maxTimes the budget; null for none
 */
export function profilePicture({ rules }: Pick<RulesProfile, 'rules'>, maxTimes: number | null): string {
  const shown = rules.slice(0, mostRows);
  const worst = shown.reduce((most, { worst: { times } }) => Math.max(most, times), maxTimes ?? 1);
  // Whole powers of ten, and room above the slowest.
  const decades = Math.max(1, Math.ceil(Math.log10(worst * 1.05)));
  const x = (times: number) => labelWidth + (Math.max(0, Math.log10(Math.max(times, 1))) / decades) * barsWidth;
  const height = top + Math.max(1, shown.length) * rowHeight + 16;
  const bottom = height - 16;
  const typical = rules[Math.floor(rules.length / 2)]?.worst.times ?? null;
  const ticks = Array.from({ length: decades + 1 }, (_, power) => 10 ** power);
  const rest = rules.length - shown.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${labelWidth + barsWidth + valueWidth}" height="${height}" viewBox="0 0 ${labelWidth + barsWidth + valueWidth} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#1a1a1a">`,
    `<title>Cost of rules</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(16, 26, 'Cost of rules, on the kind of data that is worst for each', 'font-size="16" font-weight="600"'),
    text(
      16,
      46,
      `Multiple of a rule with one plain text; logarithmic${rest > 0 ? `. ${rest} faster rules are not shown` : ''}`,
      'fill="#444444"',
    ),
    ...ticks.map((times) => line(x(times), top - 6, bottom, '#d0d0d0')),
    ...ticks.map((times) =>
      text(x(times), top - 10, `${times}×`, 'text-anchor="middle" fill="#444444" font-size="11"'),
    ),
    // Behind the bars and their texts.
    ...(typical === null ? [] : marker(x(typical), 'median', '#1a1a1a', bottom)),
    ...(maxTimes === null ? [] : marker(x(maxTimes), 'budget', '#b3261e', bottom)),
    ...shown.flatMap(({ rule, worst: cost, budget }, at) => {
      const y = top + at * rowHeight;
      const isOver = budget !== null && cost.times > budget.maxTimes;
      const width = Math.max(2, x(cost.times) - labelWidth);
      return [
        text(labelWidth - 8, y + 14, shorten(rule), 'text-anchor="end" font-size="12"'),
        `<rect x="${labelWidth}" y="${y + 3}" width="${width.toFixed(1)}" height="${rowHeight - 8}" fill="${isOver ? '#b3261e' : '#3b6ea5'}"/>`,
        text(
          labelWidth + width + 6,
          y + 14,
          `${formatTimes(cost.times)}${cost.timedOut ? ' or more' : ''}, ${cost.kind}`,
          halo,
        ),
      ];
    }),
    ...(shown.length === 0 ? [text(16, top + 14, 'No rule was measured.')] : []),
    '</svg>',
    '',
  ].join('\n');
}

/** A multiple, with as many digits as it is worth. */
export function formatTimes(times: number): string {
  return `${times >= 100 ? Math.round(times) : times.toFixed(1)}×`;
}

function marker(x: number, name: string, colour: string, bottom: number): readonly string[] {
  return [
    `<line x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${top - 6}" y2="${bottom}" stroke="${colour}" stroke-width="1.5" stroke-dasharray="5 4"/>`,
    text(x + 4, bottom + 12, name, `fill="${colour}" font-size="11"`),
  ];
}

function line(x: number, from: number, to: number, colour: string): string {
  return `<line x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${from}" y2="${to}" stroke="${colour}"/>`;
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y}"${attributes === '' ? '' : ` ${attributes}`}>${escaped(content)}</text>`;
}

/** The end of a long name says more than its beginning. */
function shorten(rule: string): string {
  const characters = Array.from(rule);
  return characters.length <= mostLabel ? rule : `…${characters.slice(1 - mostLabel).join('')}`;
}

function escaped(content: string): string {
  // XML has no characters below the space, not even escaped.
  return content
    .replace(/[^\P{C}]|[\p{Zl}\p{Zp}]/gu, '?')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
