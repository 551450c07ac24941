import { formatTests, inlineText } from '../../../src/rule-tests/draft-tests.ts';
import { parseTestFile } from '../../../src/rule-tests/spec.ts';
import { createCommonBytes } from '../../../src/rules/propose/common-bytes.ts';
import { createCommonTexts } from '../../../src/rules/propose/common-texts.ts';
import { formatRule } from '../../../src/rules/propose/rule-draft.ts';
import { parseSource } from '../../../src/rules/syntax/parse.ts';
import { type FuzzTarget, require } from '../fuzz-target.ts';

/** A sample of any content gives a rule and a test file that can be read. */
export const target: FuzzTarget = {
  name: 'rule-proposal',
  of: [
    'src/rules/propose/common-texts.ts',
    'src/rules/propose/common-bytes.ts',
    'src/rules/propose/rule-draft.ts',
    'src/rule-tests/draft-tests.ts',
  ],
  syntax: 'text',
  seeds: () => [
    'Visit http://crimson.onion/pay and say "C:\\fox\\key"\r\n\tnow',
    Buffer.from('Global\\CrimsonFoxMutex', 'utf16le'),
    Buffer.of(0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0xff, 0xff, 0, 0, 0xb8, 1, 2, 5, 6, 7, 8, 9),
  ],
  words: [
    '\0',
    '"',
    '\\',
    '\\x',
    '# ',
    ': |',
    '- name: ',
    '\r\n',
    '\t',
    '\ufeff',
    '{',
    '}',
    'http://',
    '; ',
    '//',
    '/*',
  ],
  maxBytes: 8192,
  run(input) {
    const texts = createCommonTexts();
    const bytes = createCommonBytes();
    for (const each of [input, input]) {
      texts.add(each);
      bytes.add(each);
    }
    const strings = [
      ...texts.list().map(({ text, encodings }) => ({ kind: 'text' as const, text, encodings })),
      ...bytes.list(4).map((each) => ({ kind: 'hex' as const, bytes: each })),
    ];
    const source = formatRule({ name: 'Proposed', meta: [['description', input.toString()]], strings, guards: [] });
    const { rules, problems } = parseSource(source);
    require(strings.length === 0 || problems.length === 0, 'the rule can be parsed');
    require(strings.length === 0 || rules[0]?.patterns.length === strings.length, 'no string ends another');
    const text = inlineText(input);
    const outcome = `${strings.length === 0 ? 'no' : 'some'} strings, ${text === null ? 'archived' : 'inline'}`;
    if (text === null) return outcome;
    const file = parseTestFile('a.yar.test.yaml', formatTests([{ name: 'x', sample: { text }, matches: [] }]));
    const sample = file.tests[0]?.sample;
    require(sample?.kind === 'text' && sample.text === text, 'a sample comes back from its test');
    return outcome;
  },
};
