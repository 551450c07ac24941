import test from 'ava';
import fc from 'fast-check';
import { compile } from '../../engine/compile.ts';
import { conditionRules } from '../../testing/rules/arbitrary-conditions.ts';
import { plantedPatterns } from '../../testing/rules/arbitrary-planted-patterns.ts';
import { compareWithEngine } from '../../testing/rules/missed-matches.ts';
import { unsoundReadings } from '../../testing/rules/unsound-readings.ts';
import { runs } from '../../testing/runs.ts';

const from = (source: string, namespace = 'a.yar') => ({ namespace, source });

for (const { name, source, misread, content } of unsoundReadings) {
  test(`a rule is not excluded where it matches, and it would be if ${name}`, (t) => {
    const sound = compareWithEngine([from(source)], [content]);
    t.deepEqual(sound.missed, []);
    t.true(sound.matched > 0, 'the engine finds it');
    t.not(
      compareWithEngine([from(source)], [content], { read: [from(misread)] }).missed.length,
      0,
      'the wrong reading is caught',
    );
  });
}

test('whatever the patterns are, no file is excluded in which the engine finds them', (t) => {
  let [matched, excluded] = [0, 0];
  fc.assert(
    fc.property(fc.array(plantedPatterns, { minLength: 12, maxLength: 12 }), fc.nat(), (patterns, pick) => {
      const sources = patterns.map(({ text }, index) =>
        from(`rule r { strings: $a = ${text} condition: $a }`, `${index}.yar`),
      );
      const compiled = sources.filter(compiles);
      const contents = patterns.map(({ sample }, index) =>
        Buffer.concat([Buffer.from([' ', 'ab', '\0\0'][(pick + index) % 3] ?? ''), sample, Buffer.from(' .')]),
      );
      const found = compareWithEngine(compiled, contents);
      t.deepEqual(found.missed, []);
      matched += found.matched;
      excluded += found.excluded;
    }),
    { numRuns: runs(60) },
  );
  t.true(matched > 60, `${matched} matches`);
  t.true(excluded > 300, `${excluded} excluded`);
});

test('whatever the conditions are, no file is excluded that the engine matches', (t) => {
  let [matched, excluded] = [0, 0];
  fc.assert(
    fc.property(conditionRules, ({ sources, payloads }) => {
      const found = compareWithEngine(sources, payloads);
      t.deepEqual(found.missed, []);
      matched += found.matched;
      excluded += found.excluded;
    }),
    { numRuns: runs(200) },
  );
  t.true(matched > 50, `${matched} matches`);
  t.true(excluded > 10, `${excluded} excluded`);
});

function compiles(source: ReturnType<typeof from>): boolean {
  try {
    compile([source])[Symbol.dispose]();
    return true;
  } catch {
    return false;
  }
}
