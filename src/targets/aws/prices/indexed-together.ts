/**
 * Objects that live analysis indexes together: each segment is a request. Those that an execution
 * environment holds when it ends are not indexed, until a retro scan finds that.
 */
export const indexedTogether = 32;
