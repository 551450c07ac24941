let marks = 0;

function isGo(message: unknown, mark: number): boolean {
  return (
    typeof message === 'object' &&
    message !== null &&
    ('type' in message ? message.type : undefined) === 'go' &&
    ('mark' in message ? message.mark : undefined) === mark
  );
}

/**
 * Called by handlers and adapters for tests. Informs the runtime that this point is reached, and
 * resolves when the test lets it continue. If `killAtMark` returns true, the process is killed here,
 * before any later step. Outside the runtime it does nothing.
 */
export async function reachMark(name: string): Promise<void> {
  if (process.send === undefined) return;
  marks += 1;
  const mark = marks;
  const goes = new Promise<void>((resolve) => {
    const listen = (message: unknown) => {
      if (!isGo(message, mark)) return;
      process.off('message', listen);
      resolve();
    };
    process.on('message', listen);
  });
  process.send({ type: 'mark', mark, name });
  await goes;
}
