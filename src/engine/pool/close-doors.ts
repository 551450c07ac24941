/** Global objects of Node that lead out of a thread and that a scan worker does not need. */
const processDoors = ['binding', '_linkedBinding', 'dlopen', 'getBuiltinModule', 'kill', 'abort', 'execve'] as const;
const globalDoors = ['fetch', 'WebSocket', 'EventSource'] as const;

/** Removes them. Call it once everything the thread needs is imported. */
export function closeDoors(): void {
  for (const name of processDoors) Reflect.deleteProperty(process, name);
  for (const name of globalDoors) Reflect.deleteProperty(globalThis, name);
}
