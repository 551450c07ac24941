import test from 'ava';
import { createRandom } from '../random.ts';
import { mutate } from './mutate.ts';
import { mutateTree, readJson, type Tree, writeMarks } from './tree.ts';

const json = Buffer.from('{"a":[1,{"b":"c"}],"d":"{\\"e\\":2}"}');
const many = (syntax: 'bytes' | 'text' | 'json' | 'yaml', seed: string) =>
  Array.from({ length: 120 }, (_, at) =>
    mutate(json, json, { syntax, words: ['w'], maxBytes: 5000 }, createRandom(`${seed} ${at}`)),
  );

for (const syntax of ['bytes', 'text', 'json', 'yaml'] as const) {
  test(`mutations of ${syntax} differ, have a maximum length, and are the same for the same seed`, (t) => {
    const all = many(syntax, 'one');
    t.true(new Set(all.map(String)).size > 80);
    t.true(all.every(({ length }) => length <= 5000));
    t.deepEqual(all, many(syntax, 'one'));
    t.notDeepEqual(all, many(syntax, 'two'));
  });
}

test('most mutations of JSON are JSON, and reach JSON inside strings', (t) => {
  const texts = many('json', 'tree').map(String);
  const read = texts.map(readJson).filter((each) => each !== null);
  t.true(read.length > 60);
  const inner = read.map((each) => (typeof each === 'object' && 'd' in each ? each['d'] : ''));
  t.true(inner.some((each) => typeof each === 'string' && each.startsWith('{') && each !== '{"e":2}'));
});

test("numbers beyond JavaScript's range, and depth beyond its stack, are written, inside strings too", (t) => {
  t.is(writeMarks('{"a":"@raw:1e999@","b":"{\\"c\\":\\"@raw:-0@\\"}"}'), '{"a":1e999,"b":"{\\"c\\":-0}"}');
  t.is(writeMarks('["@deep:3@"]'), '[[[[]]]]');
});

test('a key with a meaning in JavaScript is an ordinary key', (t) => {
  const tree: Tree | null = readJson('{"__proto__":{"a":1}}');
  const all = Array.from({ length: 200 }, (_, at) =>
    JSON.stringify(mutateTree(tree, { random: createRandom(`${at}`), words: [], other: null })),
  );
  t.true(all.some((text) => text.includes('"__proto__"')));
  t.false('a' in {});
});
