/** The state of the server. Tests may read and change it at any time, also between two requests. */
export interface GithubState {
  readonly repository: { readonly owner: string; readonly name: string };
  readonly comments: StoredComment[];
  readonly checkRuns: StoredCheckRun[];
  readonly pulls: StoredPull[];
  readonly artifacts: StoredArtifact[];
  readonly issueEvents: StoredIssueEvent[];
  /** The state of other routes: `state.more('refs', () => new Map<string, string>())`. */
  more<T>(name: string, make: () => T): T;
  nextId(): number;
  /** A clock that advances by one second at each call. ISO 8601. */
  now(): string;
}

export interface StoredComment {
  readonly id: number;
  readonly issue: number;
  /** Null: the account was deleted. */
  readonly login: string | null;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
}

export interface StoredCheckRun {
  readonly id: number;
  /** Slug of the app that created it. Only that app may change it. */
  readonly app: string;
  readonly headSha: string;
  content: Readonly<Record<string, unknown>>;
}

export interface StoredPull {
  readonly number: number;
  state: 'open' | 'closed';
  mergedAt: string | null;
  headSha: string;
  readonly headBranch: string;
  /** `owner/name`; null: deleted. */
  readonly headRepository: string | null;
  readonly baseSha: string;
  baseBranch: string;
  /** ISO 8601. Null: it is open, or the time does not matter to the test. */
  closedAt: string | null;
  readonly login: string;
  title: string;
  body: string | null;
  /** Paths; `{ from, to }` for a renamed file. */
  readonly files: readonly (string | { readonly from: string; readonly to: string })[];
  /** Its commits, including its merge commit. */
  readonly commits: readonly string[];
}

/**
 * An event of a pull request:
 * https://docs.github.com/rest/using-the-rest-api/issue-event-types
 */
export interface StoredIssueEvent {
  readonly id: number;
  readonly issue: number;
  readonly event: string;
  readonly createdAt: string;
}

export interface StoredArtifact {
  readonly id: number;
  readonly runId: number;
  readonly name: string;
  readonly zip: Uint8Array;
  /** The size that the list of artifacts states. Default: the actual size. */
  readonly claimedBytes?: number;
  readonly expired?: boolean;
}

export function createGithubState(repository: GithubState['repository']): GithubState {
  let [id, seconds] = [1000, 0];
  const more = new Map<string, unknown>();
  return {
    repository,
    comments: [],
    checkRuns: [],
    pulls: [],
    artifacts: [],
    issueEvents: [],
    more<T>(name: string, make: () => T): T {
      if (!more.has(name)) more.set(name, make());
      return more.get(name) as T;
    },
    nextId: () => ++id,
    now: () => new Date(Date.UTC(2026, 10, 25, 12, 0, ++seconds)).toISOString().replace('.000', ''),
  };
}

/** Adds a comment, as its author would. */
export function addComment(state: GithubState, issue: number, login: string | null, body: string): StoredComment {
  const at = state.now();
  const comment = { id: state.nextId(), issue, login, body, createdAt: at, updatedAt: at };
  state.comments.push(comment);
  return comment;
}

/** Opens a pull request. Default: from a branch of the repository. */
export function addPull(state: GithubState, pull: Partial<StoredPull> & { readonly number: number }): StoredPull {
  const { owner, name } = state.repository;
  const stored: StoredPull = {
    ...{ state: 'open', mergedAt: null, headSha: 'a'.repeat(40), headBranch: 'topic', login: 'octocat' },
    ...{ headRepository: `${owner}/${name}`, baseSha: 'b'.repeat(40), baseBranch: 'main', title: 'A rule', body: null },
    ...{ files: [], commits: [], closedAt: null },
    ...pull,
  };
  state.pulls.push(stored);
  return stored;
}

/**
 * Changes the base of a pull request, as its author may, or as GitHub does when the base is merged
 * and deleted.
 */
export function changeBase(
  state: GithubState,
  pull: StoredPull,
  branch: string,
  event: 'base_ref_changed' | 'automatic_base_change_succeeded' = 'base_ref_changed',
): void {
  pull.baseBranch = branch;
  state.issueEvents.push({ id: state.nextId(), issue: pull.number, event, createdAt: state.now() });
}

/** Closes a pull request. */
export function closePull(state: GithubState, pull: StoredPull): void {
  pull.state = 'closed';
  pull.closedAt = state.now();
  state.issueEvents.push({ id: state.nextId(), issue: pull.number, event: 'closed', createdAt: pull.closedAt });
}
