/** The full name of a Git commit: SHA-1 or SHA-256, lower-case hexadecimal. */
export const commitPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
