import test from 'ava';
import fc from 'fast-check';
import { readConfig } from './read-config.ts';
import { configSchema } from './schema.ts';

const source = 'Pulumi.prod.yaml';
/** In the format of Pulumi: texts unchanged, everything else as JSON. */
const read = (config: Readonly<Record<string, unknown>>) =>
  readConfig(
    Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
    ),
    source,
  );
const problemsOf = (config: Readonly<Record<string, unknown>>): readonly string[] => {
  try {
    read(config);
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [first = '', ...lines] = error.message.split('\n');
    if (first !== `Invalid configuration in ${source}:` || !lines.pop()?.includes('docs/reference/configuration.md'))
      throw error;
    return lines.map((line) => line.trim());
  }
};

test('an empty configuration has all defaults', (t) => {
  t.deepEqual(read({}), configSchema.parse({}));
  t.is(read({}).live.memoryMb, 1792);
});

test('a partial object keeps the other defaults', (t) => {
  const { live } = read({ live: { maxConcurrency: 7 } });
  t.deepEqual(live, { ...configSchema.parse({}).live, maxConcurrency: 7 });
});

const refused: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
  ['an unknown key', { colour: 'red' }, 'rearview:colour is not a key'],
  ['a key in another spelling', { 'name-prefix': 'x' }, 'rearview:name-prefix is not a key; did you mean namePrefix?'],
  [
    'a nested key in another spelling',
    { live: { memoryMB: 4096 } },
    'rearview:live.memoryMB is not a key; did you mean memoryMb?',
  ],
  [
    'a key of an element in another spelling',
    { existingBuckets: [{ name: 'some-bucket', kms_key_arn: 'x' }] },
    'rearview:existingBuckets[0].kms_key_arn is not a key; did you mean kmsKeyArn?',
  ],
  ['a text for a flag', { protect: 'yes' }, 'rearview:protect: must be true or false, not "yes"'],
  ['a text for a number', { maxReceives: 'three' }, 'rearview:maxReceives: must be a number, not "three"'],
  ['a fraction for a whole number', { maxReceives: 1.5 }, 'rearview:maxReceives: must be a whole number, not 1.5'],
  ['a text for an object', { corpus: 'bucket' }, 'rearview:corpus: must be an object, its keys below it, not "bucket"'],
  ['a number for an object', { live: 5 }, 'rearview:live: must be an object, its keys below it, not 5'],
  [
    'an area of previews in a bucket that does not belong to the corpus',
    { previews: { allowed: [{ bucket: 'other-bucket' }] } },
    'rearview:previews.allowed[0].bucket: other-bucket is not one of existingBuckets',
  ],
  [
    'an area of previews outside the part of a bucket that belongs to the corpus',
    { existingBuckets: [{ name: 'mail', prefix: 'in/' }], previews: { allowed: [{ bucket: 'mail', prefix: 'out/' }] } },
    'rearview:previews.allowed[0].prefix: must start with in/, the prefix of mail in existingBuckets',
  ],
  ['no area for previews', { previews: { allowed: [] } }, 'rearview:previews.allowed:'],
  ['more previews than may be', { previews: { maxRunning: 101 } }, 'rearview:previews.maxRunning:'],
  ['a list for an object', { retro: [] }, 'rearview:retro: must be an object, its keys below it, not a list'],
  ['null for an object', { quarantine: null }, 'rearview:quarantine: must be an object, its keys below it, not null'],
  [
    'an object for a list',
    { subscriptions: { topic: 'alerts' } },
    'rearview:subscriptions: must be a list, not an object',
  ],
  [
    'a text for a list',
    { subscriptions: 'me@example.com' },
    'rearview:subscriptions: must be a list, not "me@example.com"',
  ],
  ['what is none of a few', { largeFiles: 'tail' }, 'rearview:largeFiles: must be one of skip, head, not "tail"'],
  [
    'days that CloudWatch has not',
    { logs: { retentionDays: 91 } },
    'rearview:logs.retentionDays: must be one of 1, 3, 5,',
  ],
  ['too much', { maxObjectBytes: 2 ** 40 }, 'rearview:maxObjectBytes: must be 2147483647 or less'],
  ['too little', { alarms: { scanStalledMinutes: 1 } }, 'rearview:alarms.scanStalledMinutes: must be 5 or more'],
  ['a budget of nothing', { monthlyBudgetDollars: 0 }, 'rearview:monthlyBudgetDollars: must be more than 0'],
  ['an empty text', { collectors: { principals: [''] } }, 'rearview:collectors.principals[0]: is not an ARN'],
  [
    'a misspelt severity',
    { quarantine: { severities: ['hihg'] } },
    'rearview:quarantine.severities[0]: must be one of low,',
  ],
  [
    'a misspelt severity in a filter',
    { subscriptions: [{ protocol: 'email', endpoint: 'a@b.test', filter: { severity: ['hihg'] } }] },
    'rearview:subscriptions[0].filter.severity[0]: must be one of low,',
  ],
  [
    'an account without quotes, which is a number',
    { existingBuckets: [{ name: 'some-bucket', account: 123456789012 }] },
    'rearview:existingBuckets[0].account: must be a text, quoted if it looks like a number, not 123456789012',
  ],
  [
    'an account without quotes that lost its zeros',
    { existingBuckets: [{ name: 'some-bucket', account: '12345678901' }] },
    'rearview:existingBuckets[0].account: is not an account: use 12 digits, in quotes',
  ],
  [
    'a number for the value of a tag',
    { tags: { team: 7 } },
    'rearview:tags.team: must be a text, quoted if it looks like a number, not 7',
  ],
  ['a tag of AWS', { tags: { 'aws:team': 'x' } }, 'rearview:tags.aws:team: is not a tag key'],
  [
    'what is needed in an element',
    { subscriptions: [{ endpoint: 'x' }] },
    'rearview:subscriptions[0].protocol: is required, and has no default',
  ],
  ['what is needed in an object', { github: {} }, 'rearview:github.repository: is required, and has no default'],
  [
    'all branches',
    { github: { repository: 'a/b', mainBranch: 'release/*' } },
    'rearview:github.mainBranch: must be the name of one branch',
  ],
  ['a repository of anyone', { github: { repository: '*/b' } }, 'rearview:github.repository: must be <owner>/<name>'],
  ['a name that is too long', { namePrefix: 'a'.repeat(21) }, 'rearview:namePrefix: must be 2 to 20 of'],
  [
    'little memory for large files',
    { maxObjectBytes: 2 ** 30 },
    'rearview:live.memoryMb: 1792 is too little for objects of maxObjectBytes with members of unpack.maxMemberBytes: 4096 or more',
  ],
  [
    'a time-out within the deadline',
    { live: { timeoutSeconds: 40 } },
    'rearview:live.timeoutSeconds: 40 is too short for scans of deadlineMs and unpack.maxMs: 110 or more',
  ],
  [
    'large batches without a window',
    { live: { batchSize: 11, batchWindowSeconds: 0 } },
    'rearview:live.batchWindowSeconds: must be 1 or more where live.batchSize is above 10',
  ],
  [
    'a reserve below what is used',
    { live: { reservedConcurrency: 5 } },
    'rearview:live.reservedConcurrency: must not be below live.maxConcurrency (100)',
  ],
  [
    'a bucket twice',
    { existingBuckets: [{ name: 'some-bucket' }, { name: 'some-bucket' }] },
    'rearview:existingBuckets[1].name: some-bucket is listed twice',
  ],
  [
    'a topic that there is not',
    { subscriptions: [{ topic: 'clean', protocol: 'https', endpoint: 'https://a.example' }] },
    'rearview:subscriptions[0].topic: does not exist: set cleanNotices',
  ],
  [
    'a mail to a URL',
    { subscriptions: [{ protocol: 'email', endpoint: 'https://a.example' }] },
    'rearview:subscriptions[0].endpoint: "https://a.example" does not fit email',
  ],
  [
    'HTTP in the clear',
    { subscriptions: [{ protocol: 'https', endpoint: 'http://a.example' }] },
    'rearview:subscriptions[0].endpoint: "http://a.example" does not fit https',
  ],
];
for (const [what, config, problem] of refused) {
  test(`an invalid value is refused by key: ${what}`, (t) => {
    const problems = problemsOf(config);
    t.true(
      problems.some((each) => each.startsWith(problem)),
      problems.join('\n') || 'nothing was refused',
    );
  });
}

test('one error names all problems, including contradictions', (t) => {
  const problems = problemsOf({
    colour: 'red',
    protect: 'yes',
    retro: { memoryMB: 1 },
    live: { batchSize: 100, batchWindowSeconds: 0 },
    largeFiles: 'x',
  });
  t.deepEqual(problems.map((each) => each.split(/[ :]/)[1]).sort(), [
    'colour',
    'largeFiles',
    'live.batchWindowSeconds',
    'protect',
    'retro.memoryMB',
  ]);
});

test('a value that is wrong on its own is not compared with another key', (t) => {
  t.deepEqual(problemsOf({ maxObjectBytes: '64MB', live: { memoryMb: 1024 } }), [
    'rearview:maxObjectBytes: must be a number, not "64MB"',
  ]);
  const subscriptions = [{ topic: 'clean', protocol: 'https', endpoint: 'https://a.example' }];
  t.deepEqual(problemsOf({ cleanNotices: 'on', subscriptions }), [
    'rearview:cleanNotices: must be true or false, not "on"',
  ]);
});

test('texts stay texts, even if they look like other types', (t) => {
  for (const namePrefix of ['true', 'null', 'false', 'e10', 'nan']) t.is(read({ namePrefix }).namePrefix, namePrefix);
  t.is(
    problemsOf({ namePrefix: '1e3' })[0],
    'rearview:namePrefix: must be 2 to 20 of a-z, 0-9 and -, and start with a letter',
  );
  const existingBuckets = [{ name: '123456', account: '000011112222' }];
  t.like(read({ existingBuckets }).existingBuckets[0], { name: '123456', account: '000011112222' });
});

test("numbers are accepted in Pulumi's notation", (t) => {
  // Large and small numbers of a YAML file have the notation of Go.
  t.is(read({ monthlyBudgetDollars: '1e+06' }).monthlyBudgetDollars, 1e6);
  t.is(read({ monthlyBudgetDollars: '99.5' }).monthlyBudgetDollars, 99.5);
  t.is(read({ maxObjectBytes: '1e+08' }).maxObjectBytes, 1e8);
  t.is(read({ monthlyBudgetDollars: 'null' }).monthlyBudgetDollars, null);
});

test('a text that is not a number is not accepted as one', (t) => {
  for (const text of ['1e400', '-1e400', 'NaN', 'Infinity', '0x10', '1_000', '12,5', ' ', '']) {
    t.is(problemsOf({ monthlyBudgetDollars: text }).length, 1, text);
    t.is(problemsOf({ maxReceives: text }).length, 1, text);
  }
  t.deepEqual(problemsOf({ maxObjectBytes: '9007199254740993' }), [
    'rearview:maxObjectBytes: must be 2147483647 or less',
  ]);
});

test('names that every object has are not keys', (t) => {
  for (const key of ['constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
    t.deepEqual(problemsOf({ [key]: '1' }), [`rearview:${key} is not a key`]);
    t.deepEqual(problemsOf({ live: `{"${key}": 1}` }), [`rearview:live.${key} is not a key`]);
  }
  const proto = JSON.parse('{"__proto__": "1"}');
  t.deepEqual(problemsOf(proto), ['rearview:__proto__ is not a key']);
  t.deepEqual(problemsOf({ live: '{"__proto__": {"memoryMb": 1}}' }), ['rearview:live.__proto__ is not a key']);
  t.deepEqual(problemsOf({ tags: '{"__proto__": "x"}' }), ['rearview:tags.__proto__: is not a tag key']);
  t.is(Object.getPrototypeOf(read({ tags: '{"constructor": "x"}' }).tags), Object.prototype);
});

test('an error stays short, however deep or large the value', (t) => {
  const nested = [
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
    '"'.repeat(1_000_000),
    `[${'9'.repeat(1_000_000)}]`,
    'x'.repeat(1_000_000),
  ];
  for (const key of ['corpus', 'existingBuckets', 'protect', 'maxReceives', 'namePrefix', 'tags', 'unknown']) {
    for (const text of nested) {
      const problems = problemsOf({ [key]: text });
      t.true(problems.length >= 1 && problems.join('').length < 1000, key);
    }
  }
});

test('every value is either read or refused by key, and does no other harm', (t) => {
  const keys = fc.oneof(fc.constantFrom(...Object.keys(configSchema.shape)), fc.string());
  const texts = fc.oneof(fc.json(), fc.string());
  fc.assert(
    fc.property(fc.dictionary(keys, texts), (values) => {
      try {
        t.truthy(readConfig(values, source).live.memoryMb);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        t.true(error.message.startsWith(`Invalid configuration in ${source}:\n  rearview:`), error.message);
        t.true(
          Object.keys(values).some((key) => error.message.includes(`rearview:${key}`)),
          error.message,
        );
      }
    }),
    { numRuns: 500 },
  );
  t.is(Object.keys({}).length, 0);
  t.is(({} as Record<string, unknown>)['memoryMb'], undefined);
});
