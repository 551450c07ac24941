/** Ways out of a thread that lead by the global objects of Node, which a scan worker does not need. */
const processDoors = ['binding', '_linkedBinding', 'dlopen', 'getBuiltinModule', 'kill', 'abort', 'execve'] as const;
const globalDoors = ['fetch', 'WebSocket', 'EventSource'] as const;

/** Removes them. To be called once what the thread needs is imported. */
export function closeDoors(): void {
  for (const name of processDoors) Reflect.deleteProperty(process, name);
  for (const name of globalDoors) Reflect.deleteProperty(globalThis, name);
}
