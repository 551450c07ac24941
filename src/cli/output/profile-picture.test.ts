import test from 'ava';
import { parseFragment } from 'parse5';
import type { ProfiledRule } from '../../app/profile/profile-rules.ts';
import { formatTimes, profilePicture } from './profile-picture.ts';

const rule = (name: string, times: number, timedOut = false): ProfiledRule => {
  const worst = { kind: 'text', msPerMiB: times, times, timedOut };
  return { rule: name, costs: [worst], worst, timesMedian: 1, budget: { maxTimes: 20, fails: true }, strings: [] };
};
const texts = (svg: string) => [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, content]) => content);

test('the picture has a bar for each rule, the median, and the budget, and marks what is above it', (t) => {
  const svg = profilePicture(
    { rules: [rule('a.yar:Slow', 250, true), rule('a.yar:Fast', 1.04), rule('a.yar:B', 1)] },
    20,
  );
  t.deepEqual(texts(svg).slice(2), [
    '1×',
    '10×',
    '100×',
    '1000×',
    'median',
    'budget',
    'a.yar:Slow',
    '250× or more, text',
    'a.yar:Fast',
    '1.0×, text',
    'a.yar:B',
    '1.0×, text',
  ]);
  const widths = [...svg.matchAll(/<rect x="\d+" y="\d+" width="([\d.]+)" height="\d+" fill="(#\w+)"/g)].map(
    ([, width, fill]) => [Number(width), fill],
  );
  t.true(widths.length === 3 && Number(widths[0]?.[0]) > Number(widths[1]?.[0]));
  t.is(new Set(widths.slice(1).map(([, fill]) => fill)).size, 1);
  t.not(widths[0]?.[1], widths[1]?.[1]);
});

test('names of rules and kinds cannot leave their text, and long lists and names are cut', (t) => {
  const hostile = `x/"><script>&'</text><svg onload=1>\u202e\u0007.yar:${'N'.repeat(80)}`;
  const svg = profilePicture({ rules: Array.from({ length: 100 }, () => rule(hostile, 2)) }, null);
  t.regex(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
  t.notRegex(svg, /<script|[\u0007\u202e]|<svg onload/);
  t.regex(svg, /60 faster rules are not shown/);
  const [root, ...others] = parseFragment(svg.trim()).childNodes;
  t.true(root?.nodeName === 'svg' && others.length === 0);
  const lengths = texts(svg).map((each) => (each ?? '').replaceAll(/&\w+;/g, '.').length);
  t.true(lengths.every((length) => length < 100));
});

test('without rules there is a picture, and multiples have the digits that they are worth', (t) => {
  t.regex(profilePicture({ rules: [] }, null), /No rule was measured/);
  t.deepEqual([0.04, 1, 99.94, 1234.5].map(formatTimes), ['0.0×', '1.0×', '99.9×', '1235×']);
});
