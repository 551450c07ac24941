import test from 'ava';
import { readAdvisories, readSignatures } from './audit.ts';

/** Output of npm 11, reduced to the used parts. */
const advisory = (severity: string) => ({
  ...{ name: 'left', severity, isDirect: true, range: '<2', nodes: ['node_modules/left'], fixAvailable: true },
  via: [{ source: 1, title: 'Prototype pollution', url: 'https://github.com/advisories/GHSA-x', severity }, 'right'],
});
const report = (vulnerabilities: object) => JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: {} });

test('an advisory of moderate severity or above is a problem, with its title and its page', (t) => {
  t.deepEqual(readAdvisories(report({})), { problems: [] });
  t.deepEqual(readAdvisories(report({ left: advisory('low') })), { problems: [] });
  for (const severity of ['moderate', 'high', 'critical']) {
    t.deepEqual(readAdvisories(report({ left: advisory(severity) })), {
      problems: [`left: ${severity}: Prototype pollution (https://github.com/advisories/GHSA-x), by right`],
    });
  }
});

test("a package without the registry's signature, or with an invalid one, is a problem", (t) => {
  const [a, b] = ['a', 'b'].map((name) => ({ name, version: '1.0.0', location: `node_modules/${name}`, registry: '' }));
  t.deepEqual(readSignatures(JSON.stringify({ invalid: [], missing: [] })), { problems: [] });
  t.deepEqual(readSignatures(JSON.stringify({ invalid: [a], missing: [b] })), {
    problems: ['a 1.0.0: invalid signature', 'b 1.0.0: no signature'],
  });
});

test('a registry that does not respond is not a report without problems', (t) => {
  const refused = { message: '405 Method Not Allowed', method: 'POST', uri: 'https://registry.test', headers: {} };
  const unreachable = { error: { code: 'ENOTFOUND', summary: 'request to https://registry.test failed', detail: '' } };
  for (const printed of [refused, unreachable].map((each) => JSON.stringify(each))) {
    t.is(readAdvisories(printed), null);
    t.is(readSignatures(printed), null);
  }
  t.throws(() => readAdvisories('npm error'), { message: /npm printed no JSON: npm error/ });
  t.throws(() => readAdvisories('{}'));
  t.throws(() => readSignatures('{"invalid":[]}'));
});
