import test from 'ava';
import { githubSettings } from './github-settings.ts';

const env = { GITHUB_TOKEN: 'ghs_secret', GITHUB_REPOSITORY: 'octo/rules', GITHUB_RUN_ID: '12', GITHUB_API_URL: '' };

test('settings are read from the environment; addresses default to those of github.com', (t) => {
  const settings = githubSettings({ env }, 'GITHUB_REPOSITORY', 'GITHUB_RUN_ID', 'GITHUB_API_URL', 'GITHUB_SERVER_URL');
  t.deepEqual(settings, {
    ...{ GITHUB_REPOSITORY: 'octo/rules', GITHUB_RUN_ID: 12 },
    ...{ GITHUB_API_URL: 'https://api.github.com', GITHUB_SERVER_URL: 'https://github.com' },
  });
});

test('each setting that is missing or wrong is named, and no token is shown', (t) => {
  const wrong = { ...env, GITHUB_TOKEN: 'ghs_secret two', GITHUB_REPOSITORY: '../x/y', GITHUB_API_URL: 'file:///etc' };
  const names = ['GITHUB_TOKEN', 'GITHUB_REPOSITORY', 'GITHUB_API_URL', 'GITHUB_SHA'] as const;
  const error = t.throws(() => githubSettings({ env: wrong }, ...names), { code: 'ERR_CONFIG' });
  for (const name of names) t.true(error?.message.includes(name), name);
  t.notRegex(error?.message ?? '', /secret/);
});
