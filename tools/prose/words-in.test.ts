import test from 'ava';
import { wordRules } from './word-rules.ts';
import { wordsIn } from './words-in.ts';

for (const { name, use, fires, passes } of wordRules) {
  test(`the rule ${name} names its replacement, and leaves idiomatic text alone`, (t) => {
    const messages = wordsIn(fires).map(({ message }) => message);
    t.true(
      messages.some((each) => each.endsWith(`: use ${use} [${name}]`)),
      messages.join('\n'),
    );
    t.deepEqual(
      wordsIn(passes).filter(({ message }) => message.endsWith(`[${name}]`)),
      [],
    );
  });
}

test('each rule has its own name', (t) => {
  t.is(new Set(wordRules.map(({ name }) => name)).size, wordRules.length);
});
