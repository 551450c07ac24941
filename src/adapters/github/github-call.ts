/** What GitHub is asked for: for messages. */
export interface GithubCall {
  /** To go on after "GitHub would not": `comment on #7`. */
  readonly what: string;
  /** The permission of the job that it takes: `pull-requests: write`. Null: none. */
  readonly needs: string | null;
}
