import test from 'ava';
import { fillSchema } from './fill-schema.ts';
import { findOperation } from './find-operation.ts';
import { description, requestProblems, schemaProblems } from './openapi.ts';

test('an empty response is completed to the form that GitHub describes, for every operation', (t) => {
  for (const [id, { answers }] of Object.entries(description.operations)) {
    for (const [status, schema] of Object.entries(answers)) {
      if (schema === null) continue;
      t.deepEqual(schemaProblems(`${id} ${status}`, schema, fillSchema(schema, undefined)), [], id);
    }
  }
});

test('a parameter or a field that GitHub does not know, or of another type, is a problem', (t) => {
  const create = description.operations['issues/create-comment'];
  const list = description.operations['pulls/list'];
  if (create === undefined || list === undefined) return t.fail();
  const none = new URLSearchParams();
  t.deepEqual(requestProblems('a', create, none, { body: 'x' }), []);
  t.is(requestProblems('a', create, none, { body: 'x', text: 'x' }).length, 1);
  t.is(requestProblems('a', create, none, { body: 1 }).length, 1);
  t.is(requestProblems('a', create, none, undefined).length, 1);
  t.deepEqual(requestProblems('b', list, new URLSearchParams({ state: 'open', per_page: '100' }), undefined), []);
  t.is(requestProblems('b', list, new URLSearchParams({ state: 'ajar' }), undefined).length, 1);
  t.is(requestProblems('b', list, new URLSearchParams({ sates: 'open' }), undefined).length, 1);
  t.is(requestProblems('b', list, none, { state: 'open' }).length, 1);
});

test('a response without a field that GitHub always sends is a problem', (t) => {
  const schema = description.operations['issues/create-comment']?.answers['201'];
  t.true(schema !== undefined && schema !== null && schemaProblems('c', schema, { id: 1 }).length > 0);
});

test('of several operations, the one with the most specific path is found', (t) => {
  const sha = 'a'.repeat(40);
  const operationOf = (path: string) => findOperation('GET', `/repos/octo/rules${path}`)?.id;
  t.is(operationOf(`/commits/${sha}/pulls`), 'repos/list-pull-requests-associated-with-commit');
  t.is(operationOf(`/commits/${sha}/check-runs`), 'checks/list-for-ref');
  t.is(operationOf('/commits/heads/a/b'), 'repos/get-commit');
  t.is(operationOf('/contents/rules/a.yar'), 'repos/get-content');
  t.is(operationOf('/issues/comments'), 'issues/list-comments-for-repo');
  t.is(operationOf('/nothing'), undefined);
});
