import type { Server } from 'node:http';
import * as z from 'zod';
import type { Teardown } from '../teardown.ts';

const addressSchema = z.object({ port: z.number() });

/** A server that listens. */
export interface ListeningServer {
  readonly port: number;
  /** Cuts off the clients that are still connected; resolves when the server is closed. */
  close(): Promise<void>;
}

/** Has a server listen on the loopback device, at a port that the system chooses. */
export async function openOnLoopback(server: Server): Promise<ListeningServer> {
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    port: addressSchema.parse(server.address()).port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Has a server listen on the loopback device until the test ends. Returns the port. */
export async function listenOnLoopback(t: Teardown, server: Server): Promise<number> {
  const { port, close } = await openOnLoopback(server);
  t.teardown(close);
  return port;
}
