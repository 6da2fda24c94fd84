/**
 * How everything secret that has 256 random bits is kept and looked up: refresh tokens, client secrets, registration
 * tokens, codes, handles, cookies. Nobody guesses those, so SHA-256 is enough.
 */
import { hash } from 'node:crypto'

export const hashSecret = (rawSecret: string): Buffer => hash('sha256', rawSecret, 'buffer')
