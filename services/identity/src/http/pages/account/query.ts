/** What an account page may have in its query. */
import { z } from 'zod'
import { parseNext } from './area.ts'

/** `done`: what the form before this page did. */
export const accountQuery = z.object({ done: z.string().max(32).optional() })

/** `next`: where the question of who it is leads back to. */
export const confirmNext = z.string().max(128).default('').transform(parseNext)
