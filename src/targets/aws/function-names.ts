/** Names shared by functions and the infrastructure program. Constants only. */

/** The alias of every function that queues, schedules and other functions invoke. */
export const liveAlias = 'live';

/**
 * The alias of the batcher that pull requests may invoke. It only starts scans of kind `preview`,
 * which send no alerts. The function enforces this, since a policy can restrict an alias, but not
 * an event.
 */
export const previewAlias = 'preview';

/**
 * The environment variable with the log level of functions: `DEBUG`, `INFO`, `WARN` or `ERROR`.
 * Default: `INFO`.
 */
export const logLevelVariable = 'REARVIEW_LOG_LEVEL';
