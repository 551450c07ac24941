import * as z from 'zod';
import { RearviewError } from '../../domain/errors.ts';
import type { CliContext } from '../context.ts';

const url = z.url({ protocol: /^https?$/ });
const blankIsNone = (value: unknown) => (value === '' ? undefined : value);

/**
 * Variables that a job of GitHub Actions has
 * (https://docs.github.com/actions/reference/workflows-and-actions/variables), or that a laptop
 * sets.
 */
const schemas = {
  GITHUB_TOKEN: z.string().regex(/^\S+$/, 'is not a token'),
  GITHUB_REPOSITORY: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'is not of the form owner/name'),
  GITHUB_API_URL: z.preprocess(blankIsNone, url.default('https://api.github.com')),
  GITHUB_SERVER_URL: z.preprocess(blankIsNone, url.default('https://github.com')),
  GITHUB_EVENT_PATH: z.string().min(1),
  GITHUB_RUN_ID: z
    .string()
    .regex(/^\d{1,16}$/, 'is not a number')
    .transform(Number),
  GITHUB_SHA: z.string().regex(/^[0-9a-f]{40,64}$/, 'is not a commit'),
  /** Author of Rearview's comments, for the token of your own app: `my-app[bot]`. */
  REARVIEW_GITHUB_LOGIN: z.preprocess(blankIsNone, z.string().default('github-actions[bot]')),
} as const;

/** Value of each variable. */
export type GithubSettings = { readonly [Name in keyof typeof schemas]: z.output<(typeof schemas)[Name]> };

/** Description of each variable for error messages. */
const meanings: Readonly<Record<keyof typeof schemas, string>> = {
  GITHUB_TOKEN: 'a token, in a job the expression github.token',
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
  // The schema of each name defines its type, which `Object.fromEntries` loses.
  if (parsed.success) return parsed.data as unknown as Pick<GithubSettings, Name>;
  const problems = names.flatMap((name) => {
    if (!parsed.error.issues.some(({ path }) => path[0] === name)) return [];
    const value = env[name];
    if (value === undefined || value === '') return [`${name} is not set: ${meanings[name]}.`];
    return [`${name} is invalid${name === 'GITHUB_TOKEN' ? '' : ` ("${value}")`}: it is ${meanings[name]}.`];
  });
  throw new RearviewError('ERR_CONFIG', [...problems, 'GitHub Actions sets all but the token.']);
}
