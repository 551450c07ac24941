import { isSameMarkdown, type OwnPull } from '../../domain/pull-requests/pull.ts';
import type { CodeHost, CommitTree } from '../../ports/code-host.ts';
import type { StagedChange } from './staged-change.ts';

type ProposalHost = Pick<CodeHost, 'pullsOfBranch' | 'putBranch' | 'openPull' | 'updatePull'>;

export interface Proposal {
  /** The branch of the proposal. */
  readonly branch: string;
  readonly base: CommitTree & { readonly branch: string };
  /** Also the message of the commit. */
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  /** Called only if no pull request is open and none was closed. */
  readonly change: () => Promise<StagedChange>;
}

/**
 * The result of a proposal. `unchanged`: it is open with this body already. `declined`: a person
 * closed it. `left`: it cannot be made.
 */
export interface ProposalResult {
  readonly outcome: 'opened' | 'updated' | 'unchanged' | 'declined' | 'left';
  /** Null if there is no pull request. */
  readonly url: string | null;
  /** Why nothing is proposed. */
  readonly why: string | null;
}

/**
 * Proposes a change by pull request. An open one gets the new body and its branch stays as it is.
 * One that was closed without a merge is not opened again.
 * @param options.dryRun writes nothing and returns what would be done
 */
export async function propose(
  host: ProposalHost,
  { branch, base, title, body, change }: Proposal,
  { dryRun }: { readonly dryRun: boolean },
): Promise<ProposalResult> {
  const pulls = await host.pullsOfBranch(branch);
  const open = pulls.find(({ state }) => state === 'open');
  if (open !== undefined) return updateOpen(host, open, body, { dryRun });
  const [latest] = pulls;
  if (latest?.state === 'closed') return { outcome: 'declined', url: latest.url, why: `#${latest.number} was closed` };
  const made = await change();
  if ('left' in made) return { outcome: 'left', url: null, why: made.left };
  if (dryRun) return { outcome: 'opened', url: null, why: null };
  await host.putBranch({ branch, base, message: title, files: made.files });
  const { url } = await host.openPull({ branch, base: base.branch, title, body });
  return { outcome: 'opened', url, why: null };
}

/**
 * Updates the pull request of a proposal that is not due or no longer due. Null if none is open.
 */
export async function updateUndue(
  host: ProposalHost,
  { branch, body }: Pick<Proposal, 'branch' | 'body'>,
  options: { readonly dryRun: boolean },
): Promise<ProposalResult | null> {
  const open = (await host.pullsOfBranch(branch)).find(({ state }) => state === 'open');
  return open === undefined ? null : updateOpen(host, open, body, options);
}

async function updateOpen(
  host: ProposalHost,
  pull: OwnPull,
  body: string,
  { dryRun }: { readonly dryRun: boolean },
): Promise<ProposalResult> {
  const isNew = dryRun ? !isSameMarkdown(pull.body, body) : await host.updatePull(pull, body);
  return { outcome: isNew ? 'updated' : 'unchanged', url: pull.url, why: null };
}
