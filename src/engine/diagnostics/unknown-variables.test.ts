import test from 'ava';
import { checkSources } from '../../testing/rules/check-sources.ts';

const messageFor = (condition: string) =>
  checkSources([{ namespace: 'a.yar', source: `rule a { condition:\n  ${condition} }` }]).errors[0]?.message ?? '';

test('an unknown name that is used like an external variable comes with its declaration', (t) => {
  for (const [condition, declaration] of [
    ['tenant == "x"', 'tenant: ""'],
    ['"x" != tenant', 'tenant: ""'],
    ['tenant icontains "x"', 'tenant: ""'],
    ['tenant matches /x/', 'tenant: ""'],
    ['filename contains tenant', 'tenant: ""'],
    ['filesize > 1 and depth > 3', 'depth: 0'],
    ['depth == filesize', 'depth: 0'],
    ['score > 1.5', 'score: { type: float, default: 0 }'],
    ['not is_archive', 'is_archive: false'],
  ] as const) {
    const end = `. If it is an external variable, declare it in rearview.yaml: variables: { ${declaration} }`;
    t.true(messageFor(condition).endsWith(end), messageFor(condition));
  }
});

test('other unknown names are left alone: rules, modules, functions, structures', (t) => {
  for (const condition of [
    'Other_Rule',
    'thor',
    'any of (Other_Rule)',
    'pe.is_pe',
    'foo.bar == 1',
    'foo(1) == 1',
    'foo[0] == 1',
  ])
    t.regex(messageFor(condition), /not been declared$/, condition);
});

test('the name is the one at the place of the error', (t) => {
  t.regex(messageFor('for any k in (1..3) : (k == 1) and k == "x"'), /variables: \{ k: "" \}$/);
});
