/** Names that functions and whoever provisions them agree on. Constants alone. */

/** The alias of every function that queues, schedules and other functions invoke. */
export const liveAlias = 'live';

/**
 * The alias of the batcher that pull requests may invoke. What is asked by it starts scans of kind `preview` alone: those alert nobody. That is the
 * function's to see to, since a policy can name an alias, and not an event.
 */
export const previewAlias = 'preview';

/** The environment variable of functions that says how much is logged: `DEBUG`, `INFO`, `WARN` or `ERROR`. Default: `INFO`. */
export const logLevelVariable = 'REARVIEW_LOG_LEVEL';
