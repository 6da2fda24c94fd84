/** SHA-256 by Node itself: at once, for the path that every request takes. */
import { hash } from 'node:crypto'

/** base64url */
export const sha256 = (text: string): string | Promise<string> => hash('sha256', text, 'base64url')
