/**
 * The engine's own limit on the matches it keeps of one pattern in one file (YARA-X,
 * `DEFAULT_MAX_MATCHES_PER_PATTERN`).
 */
export const engineMatchLimit = 1_000_000;
/** The limit for a file whose matches, at the engine's own limit, take too much memory. */
export const floodMatchLimit = 1_000;
