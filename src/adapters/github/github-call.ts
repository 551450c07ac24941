/** The subject of a GitHub request, for error messages. */
export interface GithubCall {
  /** Continues "GitHub would not": `comment on #7`. */
  readonly what: string;
  /** The permission that the job needs: `pull-requests: write`. Null: none. */
  readonly needs: string | null;
}
