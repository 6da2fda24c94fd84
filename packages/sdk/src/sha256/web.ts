/** SHA-256 by Web Cryptography: Workers, Deno, browsers. */
import { base64url } from 'jose'

/** base64url */
export const sha256 = async (text: string): Promise<string> =>
  base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
