import { hasCode } from '../../domain/errors.ts';
import type { CheckRunRequest, PostedCheckRun } from '../../ports/code-host.ts';
import type { GithubClient } from './github-client.ts';
import { isAnswerLost } from './github-errors.ts';

/** Maximum characters in the summary of a check run. */
export const maxCheckSummaryLength = 65_535;

const maxTries = 4;

/**
 * Reports the conclusion for a commit. Needs `checks: write`; GitHub accepts check runs only from
 * apps, such as the token of a job.
 * @throws RearviewError as `GithubClient`
 */
export async function upsertCheckRun(client: GithubClient, request: CheckRunRequest): Promise<PostedCheckRun> {
  if (request.summary.length > maxCheckSummaryLength) throw new RangeError('The summary of the check run is too long.');
  for (let tries = 0; ; tries += 1) {
    const standing = await findOwn(client, request);
    if (standing !== undefined && !mayReplace(standing, request)) return { outcome: 'left', id: standing.id };
    try {
      return await write(client, request, standing?.id);
    } catch (error) {
      // It may have been created before the response was lost: a lookup shows.
      if (!isAnswerLost(error) || tries + 1 >= maxTries) throw error;
      await client.pause(tries);
    }
  }
}

const needs = 'checks: write';
const externalId = /^rearview:(\d{1,12})(:unclear)?$/;

interface StandingCheckRun {
  readonly id: number;
  readonly run: number;
  readonly isUnclear: boolean;
  readonly hasFailed: boolean;
}

function mayReplace(standing: StandingCheckRun, { run, isUnclear = false, conclusion }: CheckRunRequest): boolean {
  if (standing.run === run) return true;
  if (isUnclear && conclusion !== 'failure' && standing.hasFailed) return false;
  const outranks = standing.isUnclear && (!isUnclear || (conclusion === 'failure' && !standing.hasFailed));
  return outranks || standing.run < run;
}

async function findOwn(
  client: GithubClient,
  { name, headSha }: CheckRunRequest,
): Promise<StandingCheckRun | undefined> {
  const call = { what: `list the check runs of ${headSha}`, needs };
  const runs = await client.call(call, (octokit, repo) =>
    octokit.paginate(octokit.rest.checks.listForRef, { ...repo, ref: headSha, check_name: name, per_page: 100 }),
  );
  const own = runs.flatMap(({ id, external_id, conclusion }) => {
    const [, run, unclear] = externalId.exec(external_id ?? '') ?? [];
    if (run === undefined) return [];
    return [{ id, run: Number(run), isUnclear: unclear !== undefined, hasFailed: conclusion === 'failure' }];
  });
  return own.sort((a, b) => b.run - a.run || b.id - a.id)[0];
}

async function write(client: GithubClient, request: CheckRunRequest, id: number | undefined): Promise<PostedCheckRun> {
  const { name, headSha, conclusion, title, summary, detailsUrl, run, isUnclear = false } = request;
  const content = {
    ...({
      name,
      status: 'completed',
      conclusion,
      external_id: `rearview:${run}${isUnclear ? ':unclear' : ''}`,
      output: { title, summary },
    } as const),
    ...(detailsUrl === undefined ? {} : { details_url: detailsUrl }),
  };
  if (id !== undefined) {
    try {
      const call = { what: `change check run ${id}`, needs };
      await client.call(call, (octokit, repo) => octokit.rest.checks.update({ ...repo, check_run_id: id, ...content }));
      return { outcome: 'updated', id };
    } catch (error) {
      // It belongs to another app with the same name: it is not changed.
      if (!hasCode(error, 'ERR_CONFIG', 'ERR_NOT_FOUND')) throw error;
    }
  }
  const call = { what: `set the check run of ${headSha}`, needs };
  const { data } = await client.call(call, (octokit, repo) =>
    octokit.rest.checks.create({ ...repo, head_sha: headSha, ...content }),
  );
  return { outcome: 'created', id: data.id };
}
