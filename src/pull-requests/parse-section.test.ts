import test from 'ava';
import fc from 'fast-check';
import { arbitrarySection } from '../testing/github/arbitrary-section.ts';
import { parseSection } from './parse-section.ts';
import { maxSectionBytes } from './section.ts';

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const left = { schema: 1, section: 'left', verdict: 'unknown', of: 'preview', why: 'A fork.' };

test('a section reads back as it was written, under its name and no other', (t) => {
  fc.assert(
    fc.property(arbitrarySection, (section) => {
      const name = section.section === 'left' ? section.of : section.section;
      t.deepEqual(parseSection(name, bytes(section)), section);
      t.is(typeof parseSection(name === 'check' ? 'tests' : 'check', bytes(section)), 'string');
    }),
    { numRuns: 50 },
  );
});

test('an invalid section is refused with the reason', (t) => {
  t.is(parseSection('junit', bytes(left)), 'unknown section');
  t.is(parseSection('left', bytes(left)), 'unknown section');
  t.is(parseSection('preview', Buffer.from('{')), 'it is not JSON');
  t.is(parseSection('preview', Buffer.from([0xff, 0xfe])), 'it is not JSON');
  t.regex(String(parseSection('preview', Buffer.alloc(maxSectionBytes + 1, ' '))), /has more than \d+ bytes/);
  t.regex(String(parseSection('preview', bytes({ ...left, schema: 2 }))), /^it does not fit the schema/);
  t.regex(String(parseSection('preview', bytes({ ...left, why: 'x'.repeat(2000) }))), /why/);
  t.is(parseSection('check', bytes(left)), 'it contains the section preview');
});

test('the goodware of a place is under the name of that place', (t) => {
  const goodware = {
    ...{ schema: 1, section: 'goodware', verdict: 'passed', place: 'linux', roots: [], rules: 1, files: 1, bytes: 1 },
    ...{ unscanned: [], failing: 0, hits: [], omitted: 0, hashes: [], notes: [] },
  };
  t.like(parseSection('goodware-linux', bytes(goodware)), { place: 'linux' });
  t.like(parseSection('goodware', bytes(goodware)), { place: 'linux' });
  t.is(parseSection('goodware-windows', bytes(goodware)), 'it contains the goodware of another place');
});

test('an object in place of a text is refused, whatever its length', (t) => {
  const section = '{"section":"left","schema":1,"verdict":"unknown","of":"check","why":{"length":{"toString":1}}}';
  t.regex(String(parseSection('check', Buffer.from(section))), /not fit the schema/);
});
