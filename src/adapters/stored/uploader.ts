import * as z from 'zod';
import type { Uploader } from '../../domain/objects/uploader.ts';

const printable = /^[\x21-\x7e]+$/;

const uploaderPrincipal = z.string().max(256).regex(printable);
const uploaderAddress = z.string().max(64).regex(printable);

/** An uploader as stored. */
export const uploaderSchema: z.ZodType<Uploader> = z.object({
  principal: uploaderPrincipal,
  address: uploaderAddress.exactOptional(),
});

/**
 * The uploader that an event names. Invalid fields are left out: an event is never refused for
 * them.
 */
export function uploaderOf(principal: unknown, address: unknown): { readonly uploadedBy?: Uploader } {
  const identity = uploaderPrincipal.safeParse(principal);
  if (!identity.success) return {};
  const from = uploaderAddress.safeParse(address);
  return { uploadedBy: { principal: identity.data, ...(from.success ? { address: from.data } : {}) } };
}
