import { type CommitTree, putBranch } from '../../adapters/github/branches.ts';
import type { GithubClient } from '../../adapters/github/github-client.ts';
import { isSaid, type OwnPull, openPull, pullsOfBranch, updatePull } from '../../adapters/github/own-pulls.ts';
import type { StagedChange } from './staged-change.ts';

export interface Proposal {
  /** Of its own. */
  readonly branch: string;
  readonly base: CommitTree & { readonly branch: string };
  /** Also the message of the commit. */
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  /** Asked for only where there is none open and none was closed. */
  readonly change: () => Promise<StagedChange>;
}

/** What became of a proposal. `unchanged`: it is open, and says this already. `declined`: somebody closed it. `left`: it cannot be made. */
export interface ProposalResult {
  readonly outcome: 'opened' | 'updated' | 'unchanged' | 'declined' | 'left';
  /** Null where there is none. */
  readonly url: string | null;
  /** Why nothing is proposed. */
  readonly why: string | null;
}

/**
 * Proposes a change by pull request. One that is open gets the new body, its branch stays as it is; one that was closed without being merged is not opened again.
 * Needs `contents: write` and `pull-requests: write`.
 * @param options.dryRun writes nothing, and answers what would have been done
 */
export async function propose(
  client: GithubClient,
  { branch, base, title, body, change }: Proposal,
  { dryRun }: { readonly dryRun: boolean },
): Promise<ProposalResult> {
  const pulls = await pullsOfBranch(client, branch);
  const open = pulls.find(({ state }) => state === 'open');
  if (open !== undefined) return tellOpen(client, open, body, { dryRun });
  const [latest] = pulls;
  if (latest?.state === 'closed') return { outcome: 'declined', url: latest.url, why: `#${latest.number} was closed` };
  const made = await change();
  if ('left' in made) return { outcome: 'left', url: null, why: made.left };
  if (dryRun) return { outcome: 'opened', url: null, why: null };
  await putBranch(client, { branch, base, message: title, files: made.files });
  const { url } = await openPull(client, { branch, base: base.branch, title, body });
  return { outcome: 'opened', url, why: null };
}

/** Brings a pull request up to date that may be open, but is not due (any more). Null where there is none. */
export async function tellUndue(
  client: GithubClient,
  { branch, body }: Pick<Proposal, 'branch' | 'body'>,
  options: { readonly dryRun: boolean },
): Promise<ProposalResult | null> {
  const open = (await pullsOfBranch(client, branch)).find(({ state }) => state === 'open');
  return open === undefined ? null : tellOpen(client, open, body, options);
}

async function tellOpen(
  client: GithubClient,
  pull: OwnPull,
  body: string,
  { dryRun }: { readonly dryRun: boolean },
): Promise<ProposalResult> {
  const isNew = dryRun ? !isSaid(pull, body) : await updatePull(client, pull, body);
  return { outcome: isNew ? 'updated' : 'unchanged', url: pull.url, why: null };
}
