import { z } from 'zod';
import { RearviewError } from '../../domain/errors.ts';
import type { CliContext } from '../context.ts';

const url = z.url({ protocol: /^https?$/ });
const blankIsNone = (value: unknown) => (value === '' ? undefined : value);

/** Variables that a job of GitHub Actions has (https://docs.github.com/actions/reference/workflows-and-actions/variables), or that a laptop sets. */
const schemas = {
  GITHUB_TOKEN: z.string().regex(/^\S+$/, 'is no token'),
  GITHUB_REPOSITORY: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'is not of the form owner/name'),
  GITHUB_API_URL: z.preprocess(blankIsNone, url.default('https://api.github.com')),
  GITHUB_SERVER_URL: z.preprocess(blankIsNone, url.default('https://github.com')),
  GITHUB_EVENT_PATH: z.string().min(1),
  GITHUB_RUN_ID: z
    .string()
    .regex(/^\d{1,16}$/, 'is no number')
    .transform(Number),
  GITHUB_SHA: z.string().regex(/^[0-9a-f]{40,64}$/, 'is no commit'),
  /** Whose comments are ours, for the token of an app of one's own: `my-app[bot]`. */
  REARVIEW_GITHUB_LOGIN: z.preprocess(blankIsNone, z.string().default('github-actions[bot]')),
} as const;

/** What each of the variables gives. */
export type GithubSettings = { readonly [Name in keyof typeof schemas]: z.output<(typeof schemas)[Name]> };

/** Where each is described, for who has to set it by hand. */
const meanings: Readonly<Record<keyof typeof schemas, string>> = {
  GITHUB_TOKEN: 'a token, in a job that of the expression github.token',
  GITHUB_REPOSITORY: 'the repository, owner/name',
  GITHUB_API_URL: 'where the API is',
  GITHUB_SERVER_URL: 'where the pages are',
  GITHUB_EVENT_PATH: 'the file with the event that started the workflow',
  GITHUB_RUN_ID: 'the number of the workflow run',
  GITHUB_SHA: 'the commit',
  REARVIEW_GITHUB_LOGIN: 'the login of the token',
};

/**
 * Reads the variables that a command needs of GitHub.
 * @throws RearviewError `ERR_CONFIG` naming each that is missing or wrong; never shows the token
 */
export function githubSettings<Name extends keyof GithubSettings>(
  { env }: Pick<CliContext, 'env'>,
  ...names: readonly Name[]
): Pick<GithubSettings, Name> {
  const shape = Object.fromEntries(names.map((name) => [name, schemas[name]]));
  const parsed = z.object(shape).safeParse(env);
  // The schema of each name says what it gives; an object made of entries has forgotten which is which.
  if (parsed.success) return parsed.data as unknown as Pick<GithubSettings, Name>;
  const problems = names.flatMap((name) => {
    if (!parsed.error.issues.some(({ path }) => path[0] === name)) return [];
    const value = env[name];
    if (value === undefined || value === '') return [`${name} is not set: ${meanings[name]}.`];
    return [`${name} is not usable${name === 'GITHUB_TOKEN' ? '' : ` ("${value}")`}: it is ${meanings[name]}.`];
  });
  throw new RearviewError('ERR_CONFIG', [...problems, 'A job of GitHub Actions sets them, but for the token.']);
}
