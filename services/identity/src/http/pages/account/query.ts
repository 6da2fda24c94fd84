/** What an account page may have in its query. */
import { z } from 'zod'

/** `done`: what the form before this page did. */
export const accountQuery = z.object({ done: z.string().max(32).optional() })
